"""Learning from the past only: which rows may teach which; pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["FEWEST_LESSONS", "Fold", "walk_forward"]

FEWEST_LESSONS: Final = 200
"""With fewer resolved opinions nothing is learned."""

_FOLDS: Final = 12

_Rows = npt.NDArray[np.intp]


class Fold(NamedTuple):
    """Rows to learn from, and the later rows to apply it to."""

    past: _Rows
    future: _Rows


def walk_forward(
    times_ms: npt.NDArray[np.int64],
    resolved_ms: npt.NDArray[np.int64],
    *,
    folds: int = _FOLDS,
    fewest: int = FEWEST_LESSONS,
) -> Iterator[Fold]:
    """Yield folds in the order of time.

    Parameters
    ----------
    times_ms
        When each opinion was given, ascending, shape (n,).
    resolved_ms
        When its outcome was known, shape (n,). A fold learns only from outcomes known before its
        first opinion was given, which purges what overlaps it.
    folds
        Into how many stretches of time the rows are cut; those with fewer than `fewest` resolved
        rows before them are skipped.
    fewest
        How many resolved rows it takes to learn.

    Notes
    -----
    Source: Lopez de Prado, "Advances in Financial Machine Learning", 2018, chapter 7 (purging) and
    12 (walk-forward).
    """
    if not len(times_ms):
        return
    edges = times_ms[0] + (times_ms[-1] + 1 - times_ms[0]) * np.arange(folds + 1) // folds
    starts = np.searchsorted(times_ms, edges)
    for first, last in pairwise(starts):
        if first == last:
            continue
        past = np.flatnonzero(resolved_ms <= times_ms[first])
        if len(past) >= fewest:
            yield Fold(past, np.arange(first, last))
