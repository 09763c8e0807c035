"""What a panel said, as columns: one row per question, one column per voter; values only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.values import SeriesKey
from proratio_signals.scoring.calls import Floats

__all__ = ["THE_VOTE", "Statements"]

THE_VOTE: Final = "the vote"
"""The panel's own line among its voters; no voter can be called so."""


@dataclass(frozen=True, eq=False)
class Statements:
    """The latest answers of one profile, ascending in time.

    Parameters
    ----------
    voters
        Names of the seats, v of them, in the order of the profile.
    keys
        The series asked about.
    series
        Which of them each question is about, shape (n,).
    times_ms
        Close time of each judged candle, milliseconds since the Unix epoch, shape (n,).
    snapshots
        Hash of what was known, shape (n,).
    vote_action, vote_score
        What the vote came to, shape (n,).
    action
        1, -1 or 0; 0 also where the voter abstained, shape (n, v).
    confidence, expected_return_frac
        NaN where the voter abstained, shape (n, v).
    horizon_candles
        0 where the voter abstained, shape (n, v).
    """

    voters: tuple[str, ...]
    keys: tuple[SeriesKey, ...]
    series: npt.NDArray[np.intp]
    times_ms: npt.NDArray[np.int64]
    snapshots: npt.NDArray[np.object_]
    vote_action: npt.NDArray[np.int8]
    vote_score: Floats
    action: npt.NDArray[np.int8]
    confidence: Floats
    expected_return_frac: Floats
    horizon_candles: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.times_ms)

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        """Who had an opinion, shape (n, v)."""
        return self.horizon_candles > 0

    @property
    def vote_horizon_candles(self) -> npt.NDArray[np.int64]:
        """How far the vote looks, shape (n,): the median of the opinions', 0 without any."""
        horizons = np.where(self.answered, self.horizon_candles, np.nan)
        result = np.zeros(len(self), np.int64)
        asked = self.answered.any(axis=1)
        result[asked] = np.nanmedian(horizons[asked], axis=1)
        return result

    def where(self, mask: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Statements:
        """Return the questions that `mask` selects."""
        return replace(
            self,
            series=self.series[mask],
            times_ms=self.times_ms[mask],
            snapshots=self.snapshots[mask],
            vote_action=self.vote_action[mask],
            vote_score=self.vote_score[mask],
            action=self.action[mask],
            confidence=self.confidence[mask],
            expected_return_frac=self.expected_return_frac[mask],
            horizon_candles=self.horizon_candles[mask],
        )
