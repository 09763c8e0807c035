"""Bollinger bounce: wait until the fall is over, then ride from the lower band to the upper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import talib

from proratio_tradehub.strategies.rules.base import BoolArray, crossed_above
from proratio_tradehub.strategies.rules.tuning import tunable

__all__ = ["BollingerBounceRule"]


@dataclass(frozen=True, slots=True)
class BollingerBounceRule:
    """Enter when the close comes back above the lower band, and the bands are wide enough.

    Unlike mean reversion this pays for the confirmation with a worse price, and aims at the upper
    band, not the middle. Exit at the upper band, or when the close falls out of the lower band.

    Parameters
    ----------
    band_candles, band_deviations
        Bollinger's bands: period of the mean, and how many standard deviations (ddof 0) both bands
        lie away from it.
    width_frac
        Least distance between the bands as a fraction of the middle: below it the way from band
        to band does not pay for the trade.
    """

    band_candles: int = tunable(20, 10, 50)
    band_deviations: float = tunable(2.0, 1.5, 3.0)
    width_frac: float = tunable(0.03, 0.01, 0.08)

    @property
    def startup_candles(self) -> int:
        """The bands' period and the candle before."""
        return self.band_candles + 1

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `band_low` and `band_high` (prices) and `band_width` (fraction of the middle)."""
        close = frame["close"]
        middle = talib.SMA(close, self.band_candles)
        reach = self.band_deviations * close.rolling(self.band_candles).std(ddof=0)
        return frame.assign(
            band_low=middle - reach, band_high=middle + reach, band_width=2 * reach / middle
        )

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the close returns into bands that are wide enough."""
        returned = crossed_above(frame["close"], frame["band_low"])
        return returned & (frame["band_width"] >= self.width_frac).to_numpy(np.bool_)

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the upper band is reached, or the bounce has failed."""
        reached = (frame["close"] >= frame["band_high"]).to_numpy(np.bool_)
        return reached | crossed_above(frame["band_low"], frame["close"])
