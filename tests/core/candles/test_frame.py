"""The one shape in which candles travel."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from proratio_core.candles.frame import (
    DATE_DTYPE,
    OHLCV_COLUMNS,
    breach_of,
    columns_of,
    empty_frame,
    make_frame,
    open_times_ms,
)
from proratio_core.values import SeriesKind
from tests.core.candles.candle_frames import START, candles


@pytest.mark.parametrize("kind", SeriesKind)
def test_empty_frame_has_the_columns_and_types_of_its_kind(kind: SeriesKind) -> None:
    frame = empty_frame(kind)
    assert tuple(frame.columns) == ("date", *columns_of(kind))
    assert frame["date"].dtype == DATE_DTYPE
    assert all(frame[name].dtype == np.float64 for name in columns_of(kind))


def test_frame_opens_where_its_milliseconds_say() -> None:
    times = np.array([1_704_067_200_000, 1_704_067_200_001])
    frame = make_frame(times, {"funding_rate": np.array([0.1, 0.2])})
    assert frame["date"].iloc[0] == pd.Timestamp(START)
    np.testing.assert_array_equal(open_times_ms(frame), times)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_open_times_are_milliseconds_whatever_the_unit_of_the_column(unit: str) -> None:
    frame = candles(5)
    expected = open_times_ms(frame)
    other = frame.assign(date=frame["date"].dt.as_unit(unit))
    np.testing.assert_array_equal(open_times_ms(other), expected)


def test_a_candle_frame_breaks_nothing() -> None:
    assert breach_of(candles(5), SeriesKind.CANDLE) is None
    assert all(breach_of(empty_frame(kind), kind) is None for kind in SeriesKind)


@pytest.mark.parametrize(
    ("broken", "breach"),
    [
        (candles(5).drop(columns="low"), "the columns are date, open, high, close, volume; exp"),
        (candles(5)[["date", *reversed(OHLCV_COLUMNS)]], "the columns are date, volume, close"),
        (candles(5).assign(trades=1.0), "volume, trades; expected date, open"),
        (pd.DataFrame(), "the columns are none"),
        (candles(5).assign(close="1.5"), "the column close is str; expected float64"),
        (candles(5).astype({"volume": np.float32}), "volume is float32; expected float64"),
        (
            candles(5).assign(date=candles(5)["date"].dt.tz_localize(None)),
            r"date is datetime64\[ms\]; expected datetime64\[ms, UTC\]",
        ),
        (
            candles(5).assign(date=candles(5)["date"].dt.tz_convert("Asia/Tokyo")),
            "Asia/Tokyo",
        ),
        (candles(5).assign(date=candles(5)["date"].dt.as_unit("ns")), r"datetime64\[ns, UTC\]"),
        (candles(5).assign(date=candles(5)["date"].shift(1)), "has no date"),
        (candles(5).assign(open=[1.0, 2.0, np.nan, 4.0, 5.0]), "open holds NaN or infinity"),
        (candles(5).assign(high=np.inf), "high holds NaN or infinity"),
        (candles(5).iloc[[0, 2, 1]], "not unique and ascending"),
        (candles(5).iloc[[0, 1, 1]], "not unique and ascending"),
    ],
)
def test_what_breaks_the_contract_is_said(broken: pd.DataFrame, breach: str) -> None:
    assert re.search(breach, breach_of(broken, SeriesKind.CANDLE) or "")
