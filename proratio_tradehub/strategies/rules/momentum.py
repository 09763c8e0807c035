"""Momentum: what has risen for days, and is rising, goes on rising for a while."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import talib

from proratio_tradehub.strategies.rules.base import BoolArray, began, crossed_above
from proratio_tradehub.strategies.rules.tuning import tunable

__all__ = ["MomentumRule"]


@dataclass(frozen=True, slots=True)
class MomentumRule:
    """Enter when the last day and the last three rose and the trend is strong.

    Exit when the return of the last day turns negative. Source: time-series momentum, Moskowitz,
    Ooi and Pedersen, Journal of Financial Economics 104(2), 2012; the strength of the trend is
    Wilder's ADX with its positive direction in front ("New Concepts in Technical Trading Systems",
    1978).

    Parameters
    ----------
    short_candles, long_candles
        The two spans whose returns have to be positive.
    short_return_frac
        Least return of the shorter span.
    adx_candles, adx_low
        Period of the ADX and the points it has to exceed.
    """

    short_candles: int = tunable(24, 12, 48)
    long_candles: int = tunable(72, 50, 240)
    short_return_frac: float = tunable(0.03, 0.01, 0.08)
    adx_candles: int = 14
    adx_low: float = tunable(25.0, 15.0, 40.0)

    @property
    def startup_candles(self) -> int:
        """Twenty ADX periods, which is smoothed twice, or the longer return."""
        return max(self.long_candles + 1, 20 * self.adx_candles)

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `return_short` and `return_long` (fractions), `adx` and `direction` (points)."""
        high, low, close = frame["high"], frame["low"], frame["close"]
        rising = talib.PLUS_DI(high, low, close, self.adx_candles)
        falling = talib.MINUS_DI(high, low, close, self.adx_candles)
        return frame.assign(
            return_short=close / close.shift(self.short_candles) - 1,
            return_long=close / close.shift(self.long_candles) - 1,
            adx=talib.ADX(high, low, close, self.adx_candles),
            direction=rising - falling,
        )

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where all conditions first hold together."""
        strong = (frame["adx"] > self.adx_low) & (frame["direction"] > 0)
        risen = (frame["return_short"] > self.short_return_frac) & (frame["return_long"] > 0)
        return began(strong & risen)

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the shorter return turns negative."""
        return crossed_above(pd.Series(np.zeros(len(frame))), frame["return_short"])
