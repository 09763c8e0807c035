"""The names of the metrics keep Prometheus' conventions."""

from __future__ import annotations

import re

import pytest

from proratio_tradehub.metrics.catalogue import CATALOGUE, Kind, Metric, Role, metric

_UNITS = ("_seconds", "_bytes", "_ratio", "_usd", "_quote")


@pytest.mark.parametrize("one", CATALOGUE.values(), ids=lambda one: one.name)
def test_a_name_is_ours_lower_case_and_counters_say_total(one: Metric) -> None:
    assert re.fullmatch(r"proratio_[a-z_]+", one.name)
    assert one.name.endswith("_total") is (one.kind is Kind.COUNTER)
    assert not one.meaning.endswith(".")
    if one.kind is Kind.HISTOGRAM:
        assert one.name.endswith(_UNITS)


@pytest.mark.parametrize("one", CATALOGUE.values(), ids=lambda one: one.name)
def test_no_label_can_take_ever_new_values(one: Metric) -> None:
    assert not set(one.labels) & {"order", "trade", "vote", "reason", "text", "pid", "url", "key"}


def test_a_metric_is_found_by_its_name_and_no_other() -> None:
    assert metric("proratio_halts").kind is Kind.GAUGE
    with pytest.raises(KeyError):
        metric("proratio_holts")


def test_every_role_has_a_port_of_its_own() -> None:
    assert [role.offset for role in Role] == [0, 1, 2, 3, 4]
