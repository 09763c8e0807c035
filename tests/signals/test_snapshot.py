from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_core.errors import DataError
from proratio_signals.snapshot import RECENT_CANDLES, WINDOW_CANDLES, take_snapshot
from tests.signals.samples import BTC, ETH, candle_frame, close_of

FRAME = candle_frame(400)
INDEX = 300
AS_OF = close_of(INDEX)
FIRST = INDEX - WINDOW_CANDLES + 1
REFERENCE = take_snapshot(FRAME, BTC, AS_OF)


@given(before=st.integers(0, FIRST), after=st.integers(0, 99))
def test_more_history_or_later_candles_never_change_a_snapshot(before: int, after: int) -> None:
    part = FRAME.iloc[FIRST - before : INDEX + 1 + after].reset_index(drop=True)

    snapshot = take_snapshot(part, BTC, AS_OF)

    assert snapshot == REFERENCE
    assert snapshot.document == REFERENCE.document


@settings(max_examples=30)
@given(
    row=st.integers(FIRST, INDEX),
    column=st.sampled_from(["open", "high", "low", "close", "volume"]),
)
def test_any_change_inside_the_window_changes_the_hash(row: int, column: str) -> None:
    changed = FRAME.copy()
    changed.loc[row, column] *= 1.0000001

    assert take_snapshot(changed, BTC, AS_OF).hash != REFERENCE.hash


@pytest.mark.parametrize("row", [FIRST - 1, INDEX + 1])
def test_change_outside_the_window_changes_nothing(row: int) -> None:
    changed = FRAME.copy()
    changed.loc[row, ["open", "high", "low", "close", "volume"]] = 1.0

    assert take_snapshot(changed, BTC, AS_OF).document == REFERENCE.document


def test_same_candles_of_another_pair_are_another_snapshot() -> None:
    assert take_snapshot(FRAME, ETH, AS_OF).hash != REFERENCE.hash


def test_frame_with_nanosecond_dates_gives_the_same_snapshot() -> None:
    converted = FRAME.assign(date=FRAME["date"].dt.as_unit("ns"))

    assert take_snapshot(converted, BTC, AS_OF) == REFERENCE


def test_too_little_history_is_refused() -> None:
    with pytest.raises(DataError, match=f"239 candles close by .* needs {WINDOW_CANDLES}"):
        take_snapshot(FRAME.iloc[FIRST + 1 : INDEX + 1], BTC, AS_OF)


@given(row=st.integers(FIRST, INDEX - 1))
def test_gap_inside_the_window_is_refused(row: int) -> None:
    with pytest.raises(DataError, match="no signal across a gap"):
        take_snapshot(FRAME.drop(index=row), BTC, AS_OF)


def test_missing_judged_candle_is_refused() -> None:
    with pytest.raises(DataError, match="no candle closes at"):
        take_snapshot(FRAME.drop(index=INDEX), BTC, AS_OF)


def test_moment_between_closes_is_refused() -> None:
    with pytest.raises(DataError, match="no candle closes at"):
        take_snapshot(FRAME, BTC, AS_OF + timedelta(minutes=1))


def test_empty_frame_is_refused() -> None:
    with pytest.raises(DataError, match="no candle closes at"):
        take_snapshot(FRAME.iloc[:0], BTC, AS_OF)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_price_that_is_no_positive_number_is_refused(value: float) -> None:
    broken = FRAME.copy()
    broken.loc[INDEX - 5, "low"] = value

    with pytest.raises(DataError, match="not a positive number"):
        take_snapshot(broken, BTC, AS_OF)


def test_recent_candles_end_with_the_judged_one() -> None:
    assert len(REFERENCE.recent) == RECENT_CANDLES
    assert REFERENCE.recent[-1][3] == FRAME["close"][INDEX] == REFERENCE.facts["close"]


def test_snapshot_does_not_follow_later_changes_of_its_frame() -> None:
    frame = FRAME.copy()
    snapshot = take_snapshot(frame, BTC, AS_OF)
    frame.loc[:, "close"] = 1.0

    assert snapshot == REFERENCE
    assert hash(snapshot) == hash(REFERENCE)


def test_facts_of_recorded_candles_are_all_finite(market_data: Path) -> None:
    frame = pd.read_feather(market_data / "binance" / "BTC_USDT-1h.feather").tail(2_000)
    for row in range(WINDOW_CANDLES, 2_000, 100):
        as_of = (frame["date"].iloc[row] + pd.Timedelta(hours=1)).to_pydatetime()
        assert np.isfinite(list(take_snapshot(frame, BTC, as_of).facts.values())).all()
