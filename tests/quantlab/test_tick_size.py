"""Tick sizes against Freqtrade's own function, which defines them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from freqtrade.data.btanalysis.historic_precision import get_tick_size_over_time
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_quantlab.tick_size import tick_size_over_time


def exact(frame: pd.DataFrame) -> pd.Series[float]:
    """Return Freqtrade's answer, leaving the frame alone."""
    return get_tick_size_over_time(frame.copy())


def never(_: pd.DataFrame) -> pd.Series[float]:
    raise AssertionError("the fast path should have been sure")


def candles(prices: np.ndarray, *, step: str = "6h") -> pd.DataFrame:
    """Return candles whose four prices are all `prices`, over some months."""
    dates = pd.date_range("2024-01-20", periods=len(prices), freq=step, tz="UTC", unit="ms")
    return pd.DataFrame({"date": dates, **dict.fromkeys(("open", "high", "low", "close"), prices)})


@pytest.mark.parametrize("decimals", [0, 1, 2, 5, 8])
def test_exchange_prices_take_the_fast_path_and_agree(decimals: int) -> None:
    prices = np.round(np.random.default_rng(decimals).uniform(0.5, 90_000, 400), decimals)
    frame = candles(prices)
    pd.testing.assert_series_equal(tick_size_over_time(frame, exact=never), exact(frame))


def test_raw_floating_point_noise_is_left_to_freqtrade() -> None:
    frame = candles(np.random.default_rng(1).uniform(0.5, 90_000, 200))
    asked = []

    def remember(frame: pd.DataFrame) -> pd.Series[float]:
        asked.append(len(frame))
        return exact(frame)

    pd.testing.assert_series_equal(tick_size_over_time(frame, exact=remember), exact(frame))
    assert asked == [200]


@given(
    st.lists(
        st.one_of(
            st.decimals(min_value=0, max_value=200_000, places=8),
            st.floats(min_value=1e-12, max_value=1e9, allow_subnormal=False),
        ).map(float),
        min_size=1,
        max_size=60,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_prices_agree(prices: list[float]) -> None:
    frame = candles(np.array(prices), step="40h")
    fast = tick_size_over_time(frame, exact=exact)
    pd.testing.assert_series_equal(fast, exact(frame))


def test_month_without_candles_is_nan() -> None:
    frame = candles(np.array([1.5, 1.25]), step="80D")
    ticks = tick_size_over_time(frame, exact=never)
    pd.testing.assert_series_equal(ticks, exact(frame))
    assert ticks.isna().any()


def test_recorded_candles_agree(market_data: Path) -> None:
    for name in ("BTC_USDT-1h", "DOGE_USDT-1d", "XRP_USDT-4h"):
        frame = pd.read_feather(market_data / "binance" / f"{name}.feather")
        pd.testing.assert_series_equal(tick_size_over_time(frame, exact=never), exact(frame))
