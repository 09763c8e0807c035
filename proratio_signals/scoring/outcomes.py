"""What became of an opinion: the price move over its own horizon, from stored candles; pure.

The move is measured from the close of the judged candle to the close of the candle that ends the
horizon. An opinion is pending until that candle has closed, and stays without an outcome when
either candle is missing: nothing is interpolated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.values import Timeframe
from proratio_signals.scoring.calls import Floats

__all__ = ["Outcomes", "outcomes_of"]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The outcome of each opinion, each column of shape (n,).

    Parameters
    ----------
    return_frac
        Price move as a fraction (0.02 is +2%); NaN where there is none.
    resolved_ms
        When the horizon ends, also for those without an outcome.
    is_pending
        Whether that moment is still to come.
    """

    return_frac: Floats
    resolved_ms: npt.NDArray[np.int64]
    is_pending: npt.NDArray[np.bool_]

    @property
    def is_missing(self) -> npt.NDArray[np.bool_]:
        """Whether the horizon has passed and a candle is missing."""
        return np.isnan(self.return_frac) & ~self.is_pending


def outcomes_of(
    frame: pd.DataFrame,
    as_of_ms: npt.NDArray[np.int64],
    horizon_candles: npt.NDArray[np.int64],
    *,
    timeframe: Timeframe,
    until_ms: int,
) -> Outcomes:
    """Return what became of opinions on one series.

    Parameters
    ----------
    frame
        Candle frame of the series (`date` is the open time).
    as_of_ms
        Close times of the judged candles, shape (n,).
    horizon_candles
        How far each opinion looks, at least 1, shape (n,).
    timeframe
        Length of a candle.
    until_ms
        The moment this is computed for; candles that close later are not looked at.

    Examples
    --------
    >>> from proratio_core.candles.frame import make_frame
    >>> prices = np.array([100.0, 110.0])
    >>> columns = dict.fromkeys(("open", "high", "low", "close", "volume"), prices)
    >>> frame = make_frame(np.array([0, 3_600_000]), columns)
    >>> one = np.array([1])
    >>> outcome = outcomes_of(
    ...     frame, one * 3_600_000, one, timeframe=Timeframe.H1, until_ms=7_200_000
    ... )
    >>> outcome.return_frac.round(9).tolist()
    [0.1]
    """
    closes_ms = open_times_ms(frame) + timeframe.ms
    close = frame["close"].to_numpy(np.float64)
    resolved_ms = as_of_ms + horizon_candles * timeframe.ms
    pending = resolved_ms > until_ms
    start = _close_at(closes_ms, close, as_of_ms)
    end = _close_at(closes_ms, close, resolved_ms)
    returns = np.where(pending, np.nan, end / start - 1)
    return Outcomes(returns, resolved_ms, pending)


def _close_at(
    closes_ms: npt.NDArray[np.int64], close: Floats, wanted_ms: npt.NDArray[np.int64]
) -> Floats:
    """Return the close of the candle that closes at each moment; NaN where there is none."""
    if not len(close):
        return np.full(len(wanted_ms), np.nan)
    place = np.minimum(np.searchsorted(closes_ms, wanted_ms), len(close) - 1)
    return np.where(closes_ms[place] == wanted_ms, close[place], np.nan)
