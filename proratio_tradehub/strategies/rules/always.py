"""Every candle is a candidate and none an exit: what a stress test holds its limits against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from proratio_tradehub.strategies.rules.base import BoolArray

__all__ = ["AlwaysRule"]


@dataclass(frozen=True, slots=True)
class AlwaysRule:
    """Want in at any price, and out never: the limits alone decide what is held.

    Parameters
    ----------
    startup_candles
        Candles before the first candidate, for the measures the limits need.
    """

    startup_candles: int = 48

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame as it is."""
        return frame

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return every candle."""
        return np.ones(len(frame), np.bool_)

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return no candle."""
        return np.zeros(len(frame), np.bool_)
