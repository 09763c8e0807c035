"""Scalping: a dip in a rising market of five-minute candles, if the way back pays its costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import talib

from proratio_tradehub.strategies.rules.base import BoolArray, crossed_above
from proratio_tradehub.strategies.rules.tuning import tunable

__all__ = ["ScalpingRule"]


@dataclass(frozen=True, slots=True)
class ScalpingRule:
    """Enter when a short RSI recovers above the long average, and the upper band is far enough.

    The expected profit, from the close to the upper Bollinger band, has to exceed what buying and
    selling costs by a margin; most dips of a calm market do not. Exit at the band or when the RSI
    is overbought.

    Parameters
    ----------
    trend_candles
        Period of the EMA that the close has to be above.
    rsi_candles, rsi_low, rsi_high
        Wilder's RSI: its period, what it has to recover above, and above what the trade is over.
    band_candles, band_deviations
        Bollinger's bands: period of the mean, and how many standard deviations (ddof 0) the upper
        band lies above it.
    round_trip_frac
        Fees and slippage of both sides together, as a fraction of the traded value. The default is
        what `user_data/config-backtest.json` charges.
    margin_ratio
        How many times the round trip the expected profit has to be.
    """

    trend_candles: int = tunable(200, 100, 300)
    rsi_candles: int = 7
    rsi_low: float = tunable(30.0, 15.0, 40.0)
    rsi_high: float = tunable(75.0, 60.0, 90.0, space="sell")
    band_candles: int = tunable(20, 10, 60)
    band_deviations: float = tunable(2.0, 1.5, 3.0)
    round_trip_frac: float = 0.004
    margin_ratio: float = 1.5

    @property
    def startup_candles(self) -> int:
        """Eight periods of the trend: what the first candle adds to it is then below 2e-7."""
        return 8 * self.trend_candles

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `ema_trend`, `band_high` (prices), `rsi` (0..100), `expected` (fraction)."""
        close = frame["close"]
        spread = close.rolling(self.band_candles).std(ddof=0)
        band = talib.SMA(close, self.band_candles) + self.band_deviations * spread
        return frame.assign(
            ema_trend=talib.EMA(close, self.trend_candles),
            band_high=band,
            rsi=talib.RSI(close, self.rsi_candles),
            expected=band / close - 1,
        )

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return where a dip ends in a rising market and the way back pays its costs."""
        recovered = crossed_above(frame["rsi"], pd.Series(np.full(len(frame), self.rsi_low)))
        rising = frame["close"] > frame["ema_trend"]
        pays = frame["expected"] >= self.margin_ratio * self.round_trip_frac
        return recovered & (rising & pays).to_numpy(np.bool_)

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return where the band is reached or the recovery is overbought."""
        done = (frame["close"] >= frame["band_high"]) | (frame["rsi"] > self.rsi_high)
        return done.to_numpy(np.bool_)
