"""How much of a stake a vote deserves that may not be the same when asked again; pure.

What counts is what was known at the close of the judged candle: repeats of earlier candles, never
one of this or of a later one. Before any repeat the profile's assumption stands, and repeats
outweigh it as they come in:

    flip = (assumed questions x assumed flip + flips seen) / (assumed questions + calls repeated)
    part of the stake = 1 - flip / flip at which nothing is staked, at least 0

A *call* is a vote that acts, a *flip* one that a repeat of the same question did not confirm. For k
answers to one question, all ordered pairs whose first one acts are compared, each question weighing
as much as the share of its answers that act: unbiased, whichever answer came first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from proratio_signals.profile import Stability

__all__ = ["NOTHING_REPEATED", "Steadiness", "VoteAnswer", "steadiness_of"]


class VoteAnswer(NamedTuple):
    """One vote on a question that was asked more than once.

    Parameters
    ----------
    question
        Anything that is equal for equal questions about equal candles; ascending.
    available_ms
        When the vote could be used, milliseconds since the epoch.
    action
        1 to buy, -1 to sell, 0 to hold.
    vote_id
        The row.
    """

    question: tuple[int, int, str]
    available_ms: int
    action: int
    vote_id: int


@dataclass(frozen=True, eq=False)
class Steadiness:
    """What repeats had shown of a panel's vote, at any moment.

    Parameters
    ----------
    known_ms
        When something was learned, ascending, shape (n,).
    flips, calls
        The sums known from then on, shape (n,).
    newest_vote
        The highest id of a vote in it; 0 without one.
    """

    known_ms: npt.NDArray[np.int64]
    flips: npt.NDArray[np.float64]
    calls: npt.NDArray[np.float64]
    newest_vote: int = 0

    def stake_frac(self, terms: Stability | None, moment_ms: int) -> float:
        """Return the part of the stake, 0 to 1, that is left for a vote at `moment_ms`.

        Without terms in the profile it is always 1.
        """
        if terms is None:
            return 1.0
        flip_frac = self.flip_frac(terms, moment_ms)
        return max(0.0, 1.0 - flip_frac / terms.no_stake_at_frac)

    def flip_frac(self, terms: Stability, moment_ms: int) -> float:
        """Return the flip rate, 0 to 1, to be reckoned with at `moment_ms`."""
        flips, calls = self.known(moment_ms)
        weight = terms.assumed_questions
        return (weight * terms.assumed_flip_frac + flips) / (weight + calls)

    def known(self, moment_ms: int) -> tuple[float, float]:
        """Return the flips and the calls that repeats had shown by `moment_ms`, itself included."""
        place = int(np.searchsorted(self.known_ms, moment_ms, side="right"))
        return (float(self.flips[place - 1]), float(self.calls[place - 1])) if place else (0.0, 0.0)


def steadiness_of(answers: Iterable[VoteAnswer]) -> Steadiness:
    """Return what `answers`, ascending by question, show over time."""
    learned: list[tuple[int, float, float]] = []
    newest = 0
    for _, group in groupby(answers, key=lambda answer: answer.question):
        counts, before = {1: 0, 0: 0, -1: 0}, (0.0, 0.0)
        for answer in sorted(group, key=lambda one: (one.available_ms, one.vote_id)):
            counts[answer.action] += 1
            after = _compared(counts)
            if after != before:
                learned.append((answer.available_ms, after[0] - before[0], after[1] - before[1]))
            before, newest = after, max(newest, answer.vote_id)
    learned.sort()
    table = np.array(learned, np.float64).reshape(-1, 3)
    times = np.array([moment_ms for moment_ms, *_ in learned], np.int64)
    return Steadiness(times, np.cumsum(table[:, 1]), np.cumsum(table[:, 2]), newest)


def _compared(counts: dict[int, int]) -> tuple[float, float]:
    """Return the flips and the calls of one question; nothing until there are two answers."""
    total = sum(counts.values())
    if total < 2:
        return 0.0, 0.0
    acting = [counts[1], counts[-1]]
    flips = sum(count * (total - count) for count in acting) / (total * (total - 1))
    return flips, sum(acting) / total


NOTHING_REPEATED: Final = steadiness_of(())
"""What is known before any repeat: the profile's assumption, and no more."""
