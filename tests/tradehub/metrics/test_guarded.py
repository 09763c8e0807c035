"""A source that fails is a 0 in the scrape and one line in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from proratio_tradehub.metrics.families import Sample
from proratio_tradehub.metrics.guarded import GuardedCollector


def _well() -> Iterator[Sample]:
    yield "proratio_halts", (), 2.0


def test_what_fails_is_told_and_the_rest_is_read(caplog: pytest.LogCaptureFixture) -> None:
    broken = [True]

    def moody() -> Iterator[Sample]:
        yield "proratio_database_up", (), 1.0
        if broken[0]:
            raise OSError("canary-free reason")

    registry = CollectorRegistry()
    registry.register(GuardedCollector({"moody": moody, "well": _well}))
    with caplog.at_level(logging.WARNING):
        first, _ = generate_latest(registry).decode(), generate_latest(registry)
        broken[0] = False
        mended = generate_latest(registry).decode()
    assert 'proratio_collector_up{collector="moody"} 0.0' in first
    assert 'proratio_collector_up{collector="well"} 1.0' in first
    assert "proratio_halts 2.0" in first
    assert "proratio_database_up" not in first  # half a source is none
    assert 'proratio_collector_up{collector="moody"} 1.0' in mended
    assert "proratio_database_up 1.0" in mended
    assert len(caplog.records) == 1


def test_nothing_is_read_before_the_first_scrape() -> None:
    def never() -> Iterator[Sample]:
        raise AssertionError
        yield

    CollectorRegistry(auto_describe=True).register(GuardedCollector({"never": never}))
