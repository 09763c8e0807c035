"""Gaps are found by arithmetic, explained by the ledger, and never guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.candles import CandleStore
from proratio_core.candles.gaps import (
    Gap,
    GapLedger,
    find_funding_gaps,
    find_gaps,
    find_series_gaps,
    subtract_gaps,
)
from proratio_core.clock import from_ms, to_ms
from proratio_core.database import Database
from proratio_core.values import Timeframe
from tests.core.candles.candle_frames import FUNDING, SPOT, START

HOUR_MS = Timeframe.H1.ms


def _at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def _times(*hours: float) -> np.ndarray:
    return np.array([to_ms(_at(hour)) for hour in hours], np.int64)


def _gap(first: int, last: int) -> Gap:
    return Gap(_at(first), _at(last), last - first + 1)


def test_series_without_holes_has_no_gap() -> None:
    assert find_gaps(_times(0, 1, 2, 3), Timeframe.H1) == ()
    assert find_gaps(_times(0), Timeframe.H1) == ()
    assert find_gaps(_times(), Timeframe.H1) == ()


def test_gap_names_its_first_and_last_missing_candle() -> None:
    gaps = find_gaps(_times(0, 1, 4, 5, 7), Timeframe.H1)
    assert gaps == (_gap(2, 3), _gap(6, 6))
    assert str(gaps[0]) == "2024-01-01 02:00 .. 2024-01-01 03:00 (2 missing)"


@given(st.sets(st.integers(1, 48), max_size=40))
def test_gaps_are_exactly_the_candles_that_are_missing(missing: set[int]) -> None:
    present = [hour for hour in range(50) if hour not in missing]
    gaps = find_gaps(_times(*present), Timeframe.H1)
    found = {
        hour
        for gap in gaps
        for hour in range(50)
        if gap.first_open_time <= _at(hour) <= gap.last_open_time
    }
    assert found == missing
    assert sum(gap.candles for gap in gaps) == len(missing)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((0, 8, 16, 24), []),
        ((0, 8, 24, 32), [(16, 16, 1)]),
        ((0, 8, 32, 40), [(16, 24, 2)]),
        ((0, 8, 16, 20, 24, 28), []),
        ((0, 4, 8, 16, 24, 32), []),
        ((0, 4, 8, 16, 20, 24), [(12, 12, 1)]),
        ((0, 16), [(8, 8, 1)]),
        ((0, 8), []),
        ((0,), []),
    ],
)
def test_funding_gap_respects_a_changing_interval(
    hours: tuple[int, ...], expected: list[tuple[int, int, int]]
) -> None:
    found = find_funding_gaps(_times(*hours))
    assert list(found) == [Gap(_at(a), _at(b), n) for a, b, n in expected]


def test_rule_is_chosen_by_the_kind_of_series() -> None:
    times = _times(0, 8, 16)
    assert len(find_series_gaps(times, SPOT)) == 2
    assert find_series_gaps(times, FUNDING) == ()


def test_explained_part_is_taken_out_of_a_gap() -> None:
    left = subtract_gaps([_gap(10, 20)], [_gap(12, 14), _gap(18, 30)], Timeframe.H1)
    assert left == (_gap(10, 11), _gap(15, 17))


_SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), max_size=6)


@given(_SPANS)
def test_what_is_left_is_exactly_what_nothing_explains(spans: list[tuple[int, int]]) -> None:
    gap, explained = _gap(5, 30), [_gap(a, a + n) for a, n in spans]
    known = {hour for a, n in spans for hour in range(a, a + n + 1)}
    left = {
        (to_ms(part.first_open_time) - to_ms(START)) // HOUR_MS + i
        for part in subtract_gaps([gap], explained, Timeframe.H1)
        for i in range(part.candles)
    }
    assert left == set(range(5, 31)) - known


def test_ledger_returns_what_was_recorded_with_reason_and_time(database: Database) -> None:
    ledger = GapLedger(database)
    ledger.record(SPOT, [_gap(9, 9), _gap(2, 4)], reason="the exchange was down")
    first, second = ledger.recorded(SPOT)
    assert (first.gap, second.gap) == (_gap(2, 4), _gap(9, 9))
    assert first.reason == "the exchange was down"
    assert abs(first.recorded_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_ledger_replaces_a_gap_that_starts_alike(database: Database) -> None:
    ledger = GapLedger(database)
    ledger.record(SPOT, [_gap(2, 4)], reason="not there")
    ledger.record(SPOT, [_gap(2, 3)], reason="asked again")
    (only,) = ledger.recorded(SPOT)
    assert (only.gap, only.reason) == (_gap(2, 3), "asked again")


def test_ledger_keeps_series_apart_and_needs_no_candles(database: Database) -> None:
    ledger = GapLedger(database)
    ledger.record(FUNDING, [_gap(2, 4)], reason="not there")
    assert ledger.recorded(SPOT) == ()
    assert CandleStore(database).span(FUNDING) is None


def test_from_ms_and_gap_agree_on_utc() -> None:
    (gap,) = find_gaps(_times(0, 2), Timeframe.H1)
    assert gap.first_open_time == from_ms(to_ms(_at(1)))
    assert gap.first_open_time.utcoffset() == timedelta(0)
