"""The named crashes did happen, in the candles they name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from proratio_core.candles.frame import empty_frame, make_frame
from proratio_core.errors import DataError
from proratio_tradehub.stress.crashes import CRASHES, Crash, deepest_fall_frac, find_crash

_FALLS = {
    "2020-03": 0.50,
    "2021-05": 0.40,
    "2022-06": 0.40,
    "2022-11": 0.25,
    "2024-08": 0.25,
    "2025-10": 0.15,
}
"""What BTC lost at least, by the recorded hourly candles."""


@pytest.mark.market_data
@pytest.mark.parametrize("crash", CRASHES, ids=lambda crash: crash.name)
def test_bitcoin_fell_in_each(crash: Crash, market_data: Path) -> None:
    frame = pd.read_feather(market_data / "binance" / "BTC_USDT-1h.feather")
    span = frame[(frame["date"] >= crash.timerange.start) & (frame["date"] < crash.timerange.end)]
    assert len(span) == 15 * 24
    assert deepest_fall_frac(span) >= _FALLS[crash.name]


def test_they_are_in_order_and_leave_a_week_before() -> None:
    starts = [crash.timerange.start for crash in CRASHES]
    assert starts == sorted(starts)
    assert all(c.timerange.end - c.timerange.start == timedelta(days=15) for c in CRASHES)
    assert set(_FALLS) == {crash.name for crash in CRASHES}


def test_a_fall_is_measured_from_a_high_to_a_later_low() -> None:
    import numpy as np  # noqa: PLC0415

    frame = make_frame(
        np.arange(4, dtype=np.int64),
        {"high": np.array([5.0, 10.0, 8.0, 20.0]), "low": np.array([1.0, 9.0, 4.0, 19.0])},
    )
    assert deepest_fall_frac(frame) == pytest.approx(0.8)  # within the first candle
    assert deepest_fall_frac(frame.iloc[1:]) == pytest.approx(0.6)
    assert deepest_fall_frac(empty_frame()) == 0


def test_an_unknown_crash_names_those_there_are() -> None:
    assert find_crash("2022-11").about == "FTX fails"
    with pytest.raises(DataError, match="'2029-01' is unknown; there are 2020-03, "):
        find_crash("2029-01")
