"""Mean reversion: what fell too far, too fast is bought on its way down and sold at the mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import talib

from proratio_tradehub.strategies.rules.base import BoolArray, began
from proratio_tradehub.strategies.rules.tuning import tunable

__all__ = ["MeanReversionRule"]


@dataclass(frozen=True, slots=True)
class MeanReversionRule:
    """Enter on the first close below the lower Bollinger band while RSI is below 30.

    Exit when the close is back at the middle band or RSI above 55.

    Parameters
    ----------
    band_candles, band_deviations
        Bollinger's bands: period of the mean, and how many standard deviations (ddof 0) the lower
        band lies below it. Source: Bollinger, "Bollinger on Bollinger Bands", 2001.
    rsi_candles, rsi_low, rsi_high
        Wilder's RSI: its period, below what an entry is considered, above what it is over.
    """

    band_candles: int = tunable(20, 10, 50)
    band_deviations: float = tunable(2.0, 1.5, 3.0)
    rsi_candles: int = 14
    rsi_low: float = tunable(30.0, 15.0, 40.0)
    rsi_high: float = tunable(55.0, 45.0, 70.0, space="sell")

    @property
    def startup_candles(self) -> int:
        """Sixteen RSI periods, of which a start leaves below 1e-6, or the bands' own period."""
        return max(self.band_candles, 16 * self.rsi_candles)

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `band_low` and `band_middle` (prices) and `rsi` (0..100)."""
        close = frame["close"]
        middle = talib.SMA(close, self.band_candles)
        spread = close.rolling(self.band_candles).std(ddof=0)
        return frame.assign(
            band_low=middle - self.band_deviations * spread,
            band_middle=middle,
            rsi=talib.RSI(close, self.rsi_candles),
        )

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the market first is below its band and oversold at once."""
        return began((frame["close"] < frame["band_low"]) & (frame["rsi"] < self.rsi_low))

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the close has come back to its mean."""
        back = (frame["close"] >= frame["band_middle"]) | (frame["rsi"] > self.rsi_high)
        return back.to_numpy(np.bool_)
