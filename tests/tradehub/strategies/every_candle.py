"""A rule for which every candle is a candidate; only the consensus decides."""

from __future__ import annotations

import numpy as np
import pandas as pd


class EveryCandle:
    """Enters always, exits never."""

    startup_candles = 20

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame

    def candidates(self, frame: pd.DataFrame) -> np.ndarray:
        return np.ones(len(frame), np.bool_)

    def exits(self, frame: pd.DataFrame) -> np.ndarray:
        return np.zeros(len(frame), np.bool_)
