"""Longer candles out of shorter ones, as the exchange itself makes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proratio_core.candles import resample
from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from tests.core.candles.candle_frames import candles


def test_hour_is_made_of_its_twelve_five_minute_candles() -> None:
    frame = candles(24, timeframe=Timeframe.M5)
    hours = resample(frame, Timeframe.M5, Timeframe.H1)
    first = frame.iloc[:12]
    assert len(hours) == 2
    assert hours["date"].iloc[0] == frame["date"].iloc[0]
    assert hours.loc[0, ["open", "high", "low", "close"]].tolist() == [
        first["open"].iloc[0],
        first["high"].max(),
        first["low"].min(),
        first["close"].iloc[-1],
    ]
    assert hours["volume"][0] == pytest.approx(first["volume"].sum())


def test_incomplete_candles_are_left_out_unless_asked_for() -> None:
    frame = candles(36, timeframe=Timeframe.M5).drop(index=[14]).iloc[5:].reset_index(drop=True)
    assert len(resample(frame, Timeframe.M5, Timeframe.H1)) == 1
    assert len(resample(frame, Timeframe.M5, Timeframe.H1, complete_only=False)) == 3


def test_same_timeframe_changes_nothing() -> None:
    frame = candles()
    pd.testing.assert_frame_equal(resample(frame, Timeframe.H1, Timeframe.H1), frame)


def test_nothing_stays_nothing() -> None:
    assert resample(candles(0), Timeframe.M5, Timeframe.H1).empty


@pytest.mark.parametrize(
    ("source", "target"), [(Timeframe.H1, Timeframe.M5), (Timeframe.M3, Timeframe.M5)]
)
def test_timeframe_that_does_not_divide_is_refused(source: Timeframe, target: Timeframe) -> None:
    with pytest.raises(DataError, match=rf"{target} candles cannot be made of {source}.*multiple"):
        resample(candles(), source, target)


def test_recorded_five_minutes_make_the_recorded_hours(market_data: Path) -> None:
    folder = market_data / "binance"
    ours = resample(
        pd.read_feather(folder / "BTC_USDT-5m.feather"), Timeframe.M5, Timeframe.H1
    ).set_index("date")
    theirs = pd.read_feather(folder / "BTC_USDT-1h.feather").set_index("date")
    both = ours.index.intersection(theirs.index)
    assert len(both) > 7000
    for column in ("open", "high", "low", "close"):
        agree = np.isclose(ours.loc[both, column], theirs.loc[both, column], rtol=1e-9)
        assert agree.mean() > 0.999, column
    np.testing.assert_allclose(ours.loc[both, "volume"], theirs.loc[both, "volume"], rtol=1e-3)
