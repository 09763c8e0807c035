"""Trend following: a fast average crosses a slow one, confirmed by momentum and volume."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import talib

from proratio_tradehub.strategies.rules.base import BoolArray, crossed_above
from proratio_tradehub.strategies.rules.tuning import tunable

__all__ = ["TrendRule"]


@dataclass(frozen=True, slots=True)
class TrendRule:
    """Enter when EMA20 crosses above EMA50 while 30 < RSI < 70 on more than average volume.

    Exit when EMA20 crosses back below EMA50, or RSI passes 70.

    Parameters
    ----------
    fast_candles, slow_candles
        Periods of the exponential averages of the close.
    rsi_candles, rsi_low, rsi_high
        Wilder's RSI: its period and the band, in points, inside which an entry is considered.
    volume_candles
        Period of the mean the candle's own volume has to exceed; it includes that candle.
    """

    fast_candles: int = tunable(20, 8, 30)
    slow_candles: int = tunable(50, 32, 100)
    rsi_candles: int = 14
    rsi_low: float = tunable(30.0, 20.0, 50.0)
    rsi_high: float = tunable(70.0, 60.0, 85.0, space="sell")
    volume_candles: int = 20

    @property
    def startup_candles(self) -> int:
        """Eight slow periods: what the first candle adds to the EMA is then below 2e-7 of it."""
        return 8 * self.slow_candles

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `ema_fast`, `ema_slow` (price), `rsi` (0..100) and `volume_mean` (base currency)."""
        close, volume = frame["close"], frame["volume"]
        return frame.assign(
            ema_fast=talib.EMA(close, self.fast_candles),
            ema_slow=talib.EMA(close, self.slow_candles),
            rsi=talib.RSI(close, self.rsi_candles),
            volume_mean=volume.rolling(self.volume_candles).mean(),
        )

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where all three conditions of an entry hold."""
        crossed = crossed_above(frame["ema_fast"], frame["ema_slow"])
        calm = (frame["rsi"] > self.rsi_low) & (frame["rsi"] < self.rsi_high)
        busy = frame["volume"] > frame["volume_mean"]
        return crossed & (calm & busy).to_numpy()

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the trend has turned or the market is overbought."""
        turned = crossed_above(frame["ema_slow"], frame["ema_fast"])
        return turned | (frame["rsi"] > self.rsi_high).to_numpy()
