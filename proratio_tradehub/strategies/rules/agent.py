"""No rule at all: the panel is asked about every candle of a perpetual, and decides alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from proratio_tradehub.strategies.rules.base import BoolArray

__all__ = ["AgentRule"]


@dataclass(frozen=True, slots=True)
class AgentRule:
    """Every candle is a candidate and none an exit; both ways are the panel's to say.

    Parameters
    ----------
    startup_candles
        Candles before the first question: those a voter is shown, and the day of three-minute
        candles over which limits measure volume.
    """

    startup_candles: int = 500

    reads_funding = True

    def indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame as it is."""
        return frame

    def candidates(self, frame: pd.DataFrame) -> BoolArray:
        """Return every candle."""
        return np.ones(len(frame), np.bool_)

    def exits(self, frame: pd.DataFrame) -> BoolArray:
        """Return no candle."""
        return np.zeros(len(frame), np.bool_)
