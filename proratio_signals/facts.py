"""What can be said about a market from one window of its candles: pure arithmetic, no opinion.

Every fact is a finite number; all but the close itself are rounded to six significant digits, so
that they read well in a prompt and come out the same on every processor. Fractions are fractions
(0.02 is 2%), never percent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import talib

__all__ = ["SIGNIFICANT_DIGITS", "Candles", "measure"]

SIGNIFICANT_DIGITS: Final = 6

_Column = npt.NDArray[np.float64]
_DAY_CANDLES = 24
"""What `recent` means; a day of hourly candles, and as many of any other length."""


class Candles(NamedTuple):
    """The columns of a window, oldest first, each of shape (n,)."""

    open: _Column
    high: _Column
    low: _Column
    close: _Column
    volume: _Column


def measure(candles: Candles) -> dict[str, float]:
    """Return every fact about the last candle of a window.

    Parameters
    ----------
    candles
        At least 201 candles without gaps; finite, prices above zero.

    Returns
    -------
    dict
        Fact names to finite numbers. A ratio without a denominator (no volume, no movement) takes
        its neutral value.

    Notes
    -----
    Indicators are TA-Lib's, computed inside the window alone: an exponential mean starts from the
    simple mean of its first candles.
    """
    facts = {**_trend(candles), **_risk(candles), **_mood(candles)}
    rounded = {name: _rounded(value) for name, value in facts.items()}
    return {"close": float(candles.close[-1]), **rounded}


def _trend(candles: Candles) -> Mapping[str, float]:
    close = candles.close
    last = close[-1]
    ema_20, ema_50 = talib.EMA(close, 20), talib.EMA(close, 50)
    sma_200 = talib.SMA(close, 200)
    _, _, histogram = talib.MACD(close)
    path = np.abs(np.diff(close[-49:])).sum()
    moved = bool(np.ptp(close[-15:]))
    return {
        "ema_20": ema_20[-1],
        "ema_50": ema_50[-1],
        "sma_200": sma_200[-1],
        "ema_20_over_ema_50_frac": ema_20[-1] / ema_50[-1] - 1,
        "ema_50_slope_10_frac": ema_50[-1] / ema_50[-11] - 1,
        "close_over_sma_200_frac": last / sma_200[-1] - 1,
        "return_6_frac": last / close[-7] - 1,
        "return_24_frac": last / close[-25] - 1,
        "return_72_frac": last / close[-73] - 1,
        "macd_histogram_frac": histogram[-1] / last,
        "rsi_14": talib.RSI(close, 14)[-1] if moved else 50.0,
        "adx_14": talib.ADX(candles.high, candles.low, close, 14)[-1],
        "path_efficiency_48_frac": _ratio(abs(last - close[-49]), path, neutral=0.0),
    }


def _risk(candles: Candles) -> Mapping[str, float]:
    close = candles.close
    last = close[-1]
    steps = np.diff(np.log(close))
    recent, long = steps[-_DAY_CANDLES:].std(), steps.std()
    atr = talib.ATR(candles.high, candles.low, close, 14)[-1]
    top, bottom = candles.high.max(), candles.low.min()
    return {
        "atr_14_frac": atr / last,
        "volatility_24_frac": recent,
        "volatility_window_frac": long,
        "volatility_ratio": _ratio(recent, long, neutral=1.0),
        "drawdown_window_frac": 1 - last / top,
        "rise_window_frac": last / bottom - 1,
        "worst_candle_48_frac": np.expm1(steps[-48:].min()),
        "best_candle_48_frac": np.expm1(steps[-48:].max()),
        "distance_from_ema_50_atr": _ratio(last - talib.EMA(close, 50)[-1], atr, neutral=0.0),
    }


def _mood(candles: Candles) -> Mapping[str, float]:
    recent = Candles(*(column[-_DAY_CANDLES:] for column in candles))
    rising = (np.sign(recent.close - recent.open) + 1) / 2  # unmoved counts half
    higher = (np.diff(recent.high) > 0) & (np.diff(recent.low) > 0)
    lower = (np.diff(recent.high) < 0) & (np.diff(recent.low) < 0)
    spread = (recent.high - recent.low).sum()
    mean_volume = candles.volume[-20:].mean()
    return {
        "volume_over_mean_20_ratio": _ratio(candles.volume[-1], mean_volume, neutral=1.0),
        "volume_24_over_window_ratio": _ratio(
            recent.volume.mean(), candles.volume.mean(), neutral=1.0
        ),
        "rising_volume_24_frac": _ratio(
            (recent.volume * rising).sum(), recent.volume.sum(), neutral=0.5
        ),
        "rising_candles_24_frac": float(rising.mean()),
        "higher_minus_lower_24_frac": float(higher.mean() - lower.mean()),
        "close_in_range_24_frac": _ratio((recent.close - recent.low).sum(), spread, neutral=0.5),
    }


def _ratio(numerator: float, denominator: float, *, neutral: float) -> float:
    return numerator / denominator if denominator > 0 else neutral


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0  # never -0.0
