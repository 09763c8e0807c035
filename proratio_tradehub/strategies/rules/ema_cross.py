"""The simplest rule there is: one average crosses another."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import talib

from proratio_tradehub.strategies.rules.base import BoolArray, crossed_above
from proratio_tradehub.strategies.rules.tuning import tunable

__all__ = ["EmaCrossRule"]


@dataclass(frozen=True, slots=True)
class EmaCrossRule:
    """Enter when the fast EMA of the close crosses above the slow one, exit on the way back.

    Parameters
    ----------
    fast_candles, slow_candles
        Periods of the exponential averages of the close.
    """

    fast_candles: int = tunable(12, 4, 20)
    slow_candles: int = tunable(26, 22, 80)

    @property
    def startup_candles(self) -> int:
        """Eight slow periods: what the first candle adds to the EMA is then below 2e-7 of it."""
        return 8 * self.slow_candles

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `ema_fast` and `ema_slow`, both prices."""
        close = frame["close"]
        return frame.assign(
            ema_fast=talib.EMA(close, self.fast_candles),
            ema_slow=talib.EMA(close, self.slow_candles),
        )

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the fast average rises above the slow one."""
        return crossed_above(frame["ema_fast"], frame["ema_slow"])

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the fast average falls below the slow one."""
        return crossed_above(frame["ema_slow"], frame["ema_fast"])
