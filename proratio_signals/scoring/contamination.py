"""Since when a panel cannot have read the answer: the latest training cutoff in it; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from proratio_core.clock import to_ms
from proratio_signals.models import Models
from proratio_signals.profile import RULES, Profile, Voter
from proratio_signals.scoring.calls import Calls, Floats
from proratio_signals.scoring.intervals import Blocks, Estimate, difference, ratio

__all__ = ["Cutoff", "contamination", "cutoff_of"]

_BEFORE_SEED = 1
_AFTER_SEED = 2
"""Two stretches of time are drawn independently of each other."""


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Where a track record is split.

    Parameters
    ----------
    clean_from
        The first moment no model of the panel can have read about; None when there is none.
    reason
        Why, in words.
    """

    clean_from: datetime | None
    reason: str

    def is_clean(self, times_ms: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return which candles closed after everything the panel has read, shape (n,).

        An opinion from before the cutoff stays contaminated even if its horizon ends after it.
        """
        if self.clean_from is None:
            return np.zeros(len(times_ms), np.bool_)
        return times_ms > to_ms(self.clean_from)


def cutoff_of(profile: Profile, models: Models) -> Cutoff:
    """Return the latest cutoff of the models of `profile`, fallbacks included.

    Rules have read nothing. A model that is not registered, or has no cutoff, has read everything.
    """
    trained = [voter for voter in profile.voters if voter.provider != RULES]
    trained += [voter.substitute for voter in trained if voter.substitute is not None]
    if not trained:
        return Cutoff(datetime(1970, 1, 1, tzinfo=UTC), "rules have read nothing")
    ends = {voter.model: _last_day(voter, models) for voter in trained}
    unknown = [model for model, end in ends.items() if end is None]
    if unknown:
        return Cutoff(
            None,
            f"no training cutoff is known of {', '.join(unknown)}, so all of it may be remembered; "
            "add the cutoff to user_data/models.toml",
        )
    model, end = max(
        ((name, day) for name, day in ends.items() if day is not None), key=lambda pair: pair[1]
    )
    return Cutoff(end, f"the latest training cutoff is that of {model}")


def contamination(before: Calls, after: Calls) -> Estimate:
    """Return direction accuracy before the cutoff minus after it.

    Above zero, the voter does better where it may remember: what it shows there is no forecast.
    """
    first, second = _drawn(before, _BEFORE_SEED), _drawn(after, _AFTER_SEED)
    return difference(first, second, n=int(min(before.directional.sum(), after.directional.sum())))


def _drawn(calls: Calls, seed: int) -> tuple[float, Floats | None]:
    named = calls.directional.astype(np.float64)
    blocks = Blocks(calls.times_ms, calls.reach_ms, seed=seed)
    return blocks.replicates((calls.hits, named), lambda t: ratio(t[0], t[1]), counted=named)


def _last_day(voter: Voter, models: Models) -> datetime | None:
    """Return the end of the last day a voter's model can have read about; None if unknown."""
    if (voter.provider, voter.model) not in models:
        return None
    cutoff = models.find(voter.provider, voter.model).cutoff
    if cutoff is None:
        return None
    return datetime(cutoff.day.year, cutoff.day.month, cutoff.day.day, tzinfo=UTC) + timedelta(
        days=1
    )
