"""Samples become families of the catalogue, or nothing."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from proratio_tradehub.metrics.families import counter, families, histogram, one_of


def test_samples_of_a_metric_are_one_family() -> None:
    samples = [
        ("proratio_trades_closed", ("a", "won"), 2.0),
        ("proratio_halts", (), 1.0),
        ("proratio_trades_closed", ("a", "lost"), 3.0),
    ]
    closed, halts = families(samples)
    assert (closed.name, closed.type, len(closed.samples)) == ("proratio_trades_closed", "gauge", 2)
    assert [sample.labels for sample in closed.samples] == [
        {"account": "a", "result": "won"},
        {"account": "a", "result": "lost"},
    ]
    assert halts.samples[0].value == 1.0


def test_a_name_that_is_not_in_the_catalogue_is_an_error() -> None:
    with pytest.raises(KeyError):
        list(families([("proratio_surprise", (), 1.0)]))


def test_one_of_several_states_is_1() -> None:
    assert list(one_of("proratio_trading_mode", ["trading", "halted"], "halted")) == [
        ("proratio_trading_mode", ("trading",), 0.0),
        ("proratio_trading_mode", ("halted",), 1.0),
    ]


def test_what_is_counted_here_has_the_catalogues_name_and_labels() -> None:
    registry = CollectorRegistry()
    counter("proratio_abstentions_total", registry).labels("gemini", "TIMEOUT").inc()
    histogram("proratio_bot_loop_interval_seconds", registry, buckets=(1.0, 5.0)).observe(3.0)
    text = generate_latest(registry).decode()
    assert 'proratio_abstentions_total{kind="TIMEOUT",provider="gemini"} 1.0' in text
    assert 'proratio_bot_loop_interval_seconds_bucket{le="5.0"} 1.0' in text
