from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proratio_signals.facts import Candles, measure
from tests.signals.samples import candle_frame


def _candles(frame: pd.DataFrame) -> Candles:
    return Candles(*(frame[name].to_numpy() for name in Candles._fields))


def _flat(price: float = 50.0, volume: float = 0.0) -> Candles:
    prices = np.full(240, price)
    return Candles(prices, prices, prices, prices, np.full(240, volume))


def _steady(step: float) -> Candles:
    close = 100 * (1 + step) ** np.arange(240)
    opened = close / (1 + step)
    high, low = np.maximum(opened, close), np.minimum(opened, close)
    return Candles(opened, high, low, close, np.full(240, 10.0))


def test_returns_are_fractions_of_the_earlier_close() -> None:
    candles = _candles(candle_frame(240))
    facts = measure(candles)

    assert facts["return_6_frac"] == pytest.approx(candles.close[-1] / candles.close[-7] - 1, 1e-5)
    assert facts["close"] == candles.close[-1]


def test_moving_means_match_their_definition() -> None:
    close = _candles(candle_frame(240)).close
    mean = close[:20].mean()
    for price in close[20:]:
        mean += (price - mean) * 2 / 21

    facts = measure(_candles(candle_frame(240)))

    assert facts["ema_20"] == pytest.approx(mean, rel=1e-5)
    assert facts["sma_200"] == pytest.approx(close[-200:].mean(), rel=1e-5)


def test_market_that_does_not_move_has_neutral_facts() -> None:
    facts = measure(_flat())

    assert facts["rsi_14"] == 50.0
    assert facts["volatility_ratio"] == facts["volume_over_mean_20_ratio"] == 1.0
    assert facts["rising_candles_24_frac"] == 0.5
    assert facts["rising_volume_24_frac"] == facts["close_in_range_24_frac"] == 0.5
    assert facts["path_efficiency_48_frac"] == facts["distance_from_ema_50_atr"] == 0.0
    assert np.isfinite(list(facts.values())).all()


def test_straight_rise_is_efficient_and_broad() -> None:
    facts = measure(_steady(0.001))

    assert facts["path_efficiency_48_frac"] == pytest.approx(1.0)
    assert facts["rising_candles_24_frac"] == facts["higher_minus_lower_24_frac"] == 1.0
    assert facts["drawdown_window_frac"] == 0.0
    assert facts["rsi_14"] == 100.0


def test_straight_fall_is_the_mirror() -> None:
    facts = measure(_steady(-0.001))

    assert facts["rising_candles_24_frac"] == 0.0
    assert facts["higher_minus_lower_24_frac"] == -1.0
    assert facts["rise_window_frac"] == 0.0
    assert facts["worst_candle_48_frac"] == pytest.approx(-0.001)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), scale=st.floats(1e-6, 1e6))
def test_ratios_do_not_depend_on_the_price_scale(seed: int, scale: float) -> None:
    candles = _candles(candle_frame(240, seed=seed))
    scaled = Candles(*(column * scale for column in candles[:4]), candles.volume)
    levels = {"close", "ema_20", "ema_50", "sma_200"}
    first, second = measure(candles), measure(scaled)

    for name in first.keys() - levels:
        assert second[name] == pytest.approx(first[name], rel=1e-3, abs=1e-6), name
