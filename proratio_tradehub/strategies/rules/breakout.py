"""Breakout: the highest price of days is passed, and many are trading."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from proratio_tradehub.strategies.rules.base import BoolArray, began
from proratio_tradehub.strategies.rules.tuning import tunable

__all__ = ["BreakoutRule"]


@dataclass(frozen=True, slots=True)
class BreakoutRule:
    """Enter on the first close above the Donchian channel on much more than average volume.

    Exit on a close below the shorter channel's floor. Both channels are made of the candles
    *before* the one that is judged. Source: Donchian's channel as traded by Dennis and Eckhardt's
    Turtles, Faith, "Way of the Turtle", 2007.

    Parameters
    ----------
    entry_candles, exit_candles
        How many earlier candles make the ceiling, and how many the floor.
    volume_candles, volume_ratio
        The candle's volume has to be at least `volume_ratio` times the mean of that many before.
    """

    entry_candles: int = tunable(48, 20, 120)
    exit_candles: int = tunable(24, 10, 60, space="sell")
    volume_candles: int = 48
    volume_ratio: float = tunable(1.5, 1.0, 3.0)

    @property
    def startup_candles(self) -> int:
        """The longest of the windows and the candle after it."""
        return max(self.entry_candles, self.exit_candles, self.volume_candles) + 1

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `ceiling`, `floor` (prices) and `volume_before` (base currency)."""
        before = frame[["high", "low", "volume"]].shift(1)
        return frame.assign(
            ceiling=before["high"].rolling(self.entry_candles).max(),
            floor=before["low"].rolling(self.exit_candles).min(),
            volume_before=before["volume"].rolling(self.volume_candles).mean(),
        )

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the close first passes the ceiling, and the market is busy."""
        busy = frame["volume"] >= self.volume_ratio * frame["volume_before"]
        return began(frame["close"] > frame["ceiling"]) & busy.to_numpy(np.bool_)

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the close falls below the floor."""
        return (frame["close"] < frame["floor"]).to_numpy(np.bool_)
