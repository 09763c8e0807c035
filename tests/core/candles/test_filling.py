"""Filled candles against Freqtrade's own."""

from __future__ import annotations

import numpy as np
import pandas as pd
from freqtrade.data.converter import ohlcv_fill_up_missing_data
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_core.candles.filling import fill_missing
from proratio_core.candles.frame import empty_frame, make_frame
from proratio_core.values import Timeframe


def hourly(hours: list[int]) -> pd.DataFrame:
    """Return candles at these hours with prices that differ by row."""
    price = 100.0 + np.arange(len(hours))
    columns = {"open": price, "high": price + 2, "low": price - 2, "close": price + 1}
    times = np.array(hours, np.int64) * Timeframe.H1.ms
    return make_frame(times, {**columns, "volume": price})


@given(st.sets(st.integers(0, 200), min_size=2, max_size=60).map(sorted))
@settings(deadline=None)
def test_filling_equals_freqtrades(hours: list[int]) -> None:
    frame = hourly(hours)
    theirs = ohlcv_fill_up_missing_data(frame.copy(), "1h", "BTC/USDT")
    pd.testing.assert_frame_equal(
        fill_missing(frame, Timeframe.H1), theirs, check_freq=False, check_dtype=True
    )


def test_series_without_gaps_is_returned_as_it_is() -> None:
    frame = hourly([5, 6, 7])
    assert fill_missing(frame, Timeframe.H1) is frame


def test_empty_series_stays_empty() -> None:
    assert fill_missing(empty_frame(), Timeframe.H1).empty
