"""Funding-rate carry: hold a perpetual while those who are short pay those who are long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import talib

from proratio_tradehub.strategies.rules.base import BoolArray, began
from proratio_tradehub.strategies.rules.tuning import tunable

__all__ = ["FundingCarryRule"]


@dataclass(frozen=True, slots=True)
class FundingCarryRule:
    """Enter long when the mean of the last settled rates is clearly negative, and price holds.

    Exit when the mean is no longer negative. Only the side without a hedge is traded: to be paid
    for a short one has to hold the spot as well, and Freqtrade holds one market at a time.

    The frame needs a column `funding_rate`: at each candle the rate of the last settlement that
    was over before the candle closed (see `with_funding`).

    Parameters
    ----------
    mean_candles
        Over how many candles the rate is averaged; three settlements are 24 hours.
    low_rate_frac
        What the mean has to be below: what shorts pay each settlement, as a negative fraction of
        the position.
    trend_candles
        Period of the EMA that the close has to be above: nobody is paid enough to hold a fall.
    """

    mean_candles: int = tunable(24, 8, 72)
    low_rate_frac: float = tunable(-0.00005, -0.0005, 0.0)
    trend_candles: int = tunable(100, 24, 200)

    reads_funding = True

    @property
    def startup_candles(self) -> int:
        """Eight periods of the trend: what the first candle adds to it is then below 2e-7."""
        return max(8 * self.trend_candles, self.mean_candles)

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `funding_mean` (fraction a settlement) and `ema_trend` (price)."""
        return frame.assign(
            funding_mean=frame["funding_rate"].rolling(self.mean_candles).mean(),
            ema_trend=talib.EMA(frame["close"], self.trend_candles),
        )

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where being long is first paid for, and the price is above its average."""
        paid = frame["funding_mean"] < self.low_rate_frac
        return began(paid & (frame["close"] > frame["ema_trend"]))

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return where being long is no longer paid for."""
        return (frame["funding_mean"] >= 0).to_numpy(np.bool_)
