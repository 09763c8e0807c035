"""Freqtrade's view of a series with gaps: a flat candle without volume for each missing one.

Nothing made here is ever stored. It exists so that a rule sees the same candles outside Freqtrade
as inside it; a vote is never asked for across such a candle (see `proratio_signals.snapshot`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from proratio_core.candles.frame import make_frame, open_times_ms
from proratio_core.values import Timeframe

__all__ = ["fill_missing"]


def fill_missing(frame: pd.DataFrame, timeframe: Timeframe) -> pd.DataFrame:
    """Return the frame with every missing candle added at the close before it, volume 0.

    Parameters
    ----------
    frame
        A valid frame of traded candles.
    timeframe
        Length of a candle.
    """
    times = open_times_ms(frame)
    if len(times) < 2 or times[-1] - times[0] == (len(times) - 1) * timeframe.ms:
        return frame
    grid = np.arange(times[0], times[-1] + 1, timeframe.ms)
    before = np.searchsorted(times, grid, side="right") - 1
    missing = times[before] != grid
    close = frame["close"].to_numpy(np.float64)[before]
    prices = {
        name: np.where(missing, close, frame[name].to_numpy(np.float64)[before])
        for name in ("open", "high", "low", "close")
    }
    volume = np.where(missing, 0.0, frame["volume"].to_numpy(np.float64)[before])
    return make_frame(grid, {**prices, "volume": volume})
