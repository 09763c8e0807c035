"""What is drawn of one pair."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from proratio_core.values import Pair, Timeframe

__all__ = ["PairChart"]


@dataclass(frozen=True)
class PairChart:
    """What is drawn of one pair.

    Parameters
    ----------
    pair, timeframe
        What the candles are of; long runs are drawn in a longer timeframe.
    candles
        A candle frame (see `proratio_core.candles.frame`).
    votes
        Columns `date` (close time of the judged candle), `action` (1 BUY, 0 HOLD, -1 SELL),
        `score` (0 to 1) and `degraded`; empty for an ungated run.
    threshold
        The score above which the consensus acts.
    """

    pair: Pair
    timeframe: Timeframe
    candles: pd.DataFrame
    votes: pd.DataFrame
    threshold: float
