"""Does a voter say the same when asked the same again; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from proratio_signals.scoring.intervals import Blocks, Estimate, ratio

__all__ = ["Stability", "flip_rates"]


@dataclass(frozen=True, slots=True)
class Stability:
    """How steady one voter is.

    Parameters
    ----------
    voter
        Its name.
    answers
        How many answers were compared.
    flip_frac
        Probability that two answers to the same question name different actions, 0 to 1; `n` counts
        the questions.
    call_flip_frac
        Probability that an answer which acts, BUY or SELL, is not given again, 0 to 1; NaN when
        none acts. `n` counts the questions with one that does.
    """

    voter: str
    answers: int
    flip_frac: Estimate
    call_flip_frac: Estimate


def flip_rates(
    repeats: Iterable[tuple[int, str, int, int, int]], *, reach_ms: int
) -> tuple[Stability, ...]:
    """Return how steady each voter is, by name.

    Parameters
    ----------
    repeats
        For every question answered more than once: close time in milliseconds, voter, and how many
        answers were BUY, HOLD and SELL; ascending in time.
    reach_ms
        Length of the cells of the interval: questions this close resemble each other.

    Notes
    -----
    Of k answers, k (k - 1) ordered pairs can differ; this is the unbiased form of the
    Gini-Simpson index (Simpson, "Measurement of diversity", Nature 163, 1949).
    """
    by_voter: dict[str, list[tuple[int, int, int, int]]] = {}
    for time_ms, voter, buys, holds, sells in repeats:
        by_voter.setdefault(voter, []).append((time_ms, buys, holds, sells))
    return tuple(_steadiness(voter, rows, reach_ms) for voter, rows in sorted(by_voter.items()))


def _steadiness(voter: str, rows: list[tuple[int, int, int, int]], reach_ms: int) -> Stability:
    table = np.array(rows, np.int64)
    counts = table[:, 1:].astype(np.float64)
    total = counts.sum(axis=1)
    pairs = total * (total - 1)
    unlike = counts * (total[:, None] - counts) / pairs[:, None]
    flips = unlike[:, [0, 2]].sum(axis=1)
    acting = counts[:, [0, 2]].sum(axis=1) / total
    blocks = Blocks(table[:, 0], reach_ms)
    call_flips = blocks.estimate(
        (flips, acting),
        lambda totals: ratio(totals[0], totals[1]),
        counted=(acting > 0).astype(np.float64),
    )
    return Stability(voter, int(total.sum()), blocks.mean(unlike.sum(axis=1)), call_flips)
