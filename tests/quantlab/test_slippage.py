"""The square-root law: its size, and that it knows the past only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_core.values import Timeframe
from proratio_quantlab.slippage import WINDOW_DAYS, impact_scale


def candles(rows: int, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.standard_normal(rows) * 0.01))
    return pd.DataFrame({"close": close, "volume": random.lognormal(3, 1, rows)})


def test_the_scale_is_daily_volatility_over_the_root_of_daily_volume() -> None:
    frame = candles(2_000)
    window = WINDOW_DAYS * 24
    known = frame.iloc[1_500 - window : 1_500]
    returns = np.diff(np.log(frame["close"].to_numpy()))[1_500 - window - 1 : 1_499]
    expected = returns.std(ddof=1) * 24**0.5 / (known["volume"].mean() * 24) ** 0.5

    assert impact_scale(frame, Timeframe.H1)[1_500] == pytest.approx(expected, rel=1e-9)


@given(st.integers(30, 199), st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_candles_that_come_later_change_nothing(cut: int, seed: int) -> None:
    frame = candles(200, seed)
    full = impact_scale(frame, Timeframe.M5)
    changed = frame.copy()
    changed.iloc[cut:] = 1e6

    np.testing.assert_array_equal(impact_scale(frame.iloc[:cut], Timeframe.M5), full[: cut + 1])
    np.testing.assert_array_equal(impact_scale(changed, Timeframe.M5)[: cut + 1], full[: cut + 1])


def test_nothing_is_claimed_about_the_first_candles_or_a_market_without_trades() -> None:
    frame = candles(60)

    assert np.isnan(impact_scale(frame, Timeframe.H1)[:25]).all()
    assert np.isfinite(impact_scale(frame, Timeframe.H1)[25:]).all()
    assert np.isnan(impact_scale(frame.assign(volume=0.0), Timeframe.H1)).all()
    assert np.isnan(impact_scale(frame.iloc[:0], Timeframe.H1)).tolist() == [True]
