"""The one shape in which candles travel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from proratio_core.candles.frame import (
    DATE_DTYPE,
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
