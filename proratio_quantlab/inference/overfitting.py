"""How likely the best of many variants is to be no better than the middle one tomorrow. Pure.

Source: Bailey, Borwein, Lopez de Prado & Zhu, "The probability of backtest overfitting", Journal of
Computational Finance 20(4), 2017: combinatorially symmetric cross-validation (CSCV).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError
from proratio_quantlab.ratios import FLAT_FRAC

__all__ = ["Overfitting", "probability_of_overfitting"]

_FEWEST_DAYS_A_BLOCK: Final = 2
_CHUNK_CELLS: Final = 2_000_000
"""Ratios computed at once: 16 MB each for the two halves."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Overfitting:
    """What happened to the best variant of one half of the days on the other half.

    Parameters
    ----------
    probability
        Share of the splits in which it was in the worse half there, 0 to 1. Without skill 0.5;
        above it, picking the best was worse than picking any.
    loss_frac
        Share of the splits in which its Sharpe ratio was below zero there, 0 to 1.
    median_in, median_out
        Its median Sharpe ratio where it was picked and on the other half, per observation.
    splits, variants
        How many of either.
    """

    probability: float
    loss_frac: float
    median_in: float
    median_out: float
    splits: int
    variants: int


def probability_of_overfitting(returns: _Floats, *, blocks: int = 16) -> Overfitting:
    """Return what picking the best of some variants is worth, over all symmetric splits.

    Parameters
    ----------
    returns
        Daily returns of every variant on the same days, finite, shape (days, variants). What is
        left over when the days are cut into equal blocks is dropped at the start.
    blocks
        Into how many blocks the days are cut, even, 2 to 20; 16 give 12,870 splits.

    Raises
    ------
    DataError
        Fewer than two variants, less than two days a block, or a return that is no number.

    Notes
    -----
    A variant is ranked by its Sharpe ratio; one without spread has a ratio of zero. Ties share
    their ranks. Blocks stay whole, so that what neighbouring days have to do with each other is
    mostly kept; with few days a block, less is.
    """
    _check(returns, blocks)
    sums, squares, length = _by_block(returns, blocks)
    outcomes = [
        _best_on_the_other_half(chosen, sums, squares, length=length)
        for chosen in _splits(blocks, returns.shape[1])
    ]
    best_in, best_out, rank = (np.concatenate(part) for part in zip(*outcomes, strict=True))
    return Overfitting(
        probability=float((rank <= 0.5).mean()),
        loss_frac=float((best_out < 0).mean()),
        median_in=float(np.median(best_in)),
        median_out=float(np.median(best_out)),
        splits=len(rank),
        variants=returns.shape[1],
    )


def _check(returns: _Floats, blocks: int) -> None:
    if blocks % 2 or not 2 <= blocks <= 20:
        raise DataError(f"days are cut into an even number of blocks, 2 to 20, not {blocks}")
    days, variants = returns.shape
    if variants < 2:
        raise DataError(f"{variants} variant: overfitting needs something to choose between")
    if days < _FEWEST_DAYS_A_BLOCK * blocks:
        raise DataError(
            f"{days} days are too few for {blocks} blocks; at least "
            f"{_FEWEST_DAYS_A_BLOCK * blocks} are needed, or fewer blocks"
        )
    if not np.isfinite(returns).all():
        raise DataError("a return is NaN or infinite; compare variants on days all of them have")


def _by_block(returns: _Floats, blocks: int) -> tuple[_Floats, _Floats, int]:
    """Return sums and sums of squares of shape (blocks, variants), and a block's days."""
    length = len(returns) // blocks
    cut = returns[len(returns) - length * blocks :].reshape(blocks, length, -1)
    return cut.sum(axis=1), (cut**2).sum(axis=1), length


def _splits(blocks: int, variants: int) -> Iterator[npt.NDArray[np.float64]]:
    """Yield the halves that pick, a few thousand at a time: 1.0 for a block taken, else 0.0."""
    every = combinations(range(blocks), blocks // 2)
    at_once = max(1, _CHUNK_CELLS // variants)
    for start in range(0, comb(blocks, blocks // 2), at_once):
        taken = np.array(list(islice(every, min(at_once, comb(blocks, blocks // 2) - start))))
        chosen = np.zeros((len(taken), blocks))
        np.put_along_axis(chosen, taken, 1.0, axis=1)
        yield chosen


def _best_on_the_other_half(
    chosen: _Floats, sums: _Floats, squares: _Floats, *, length: int
) -> tuple[_Floats, _Floats, _Floats]:
    """Return the best ratio of each picking half, its ratio on the other half, and its rank.

    The rank is relative: 0 is worse than every other, 1 better; shape (splits,) each.
    """
    count = length * len(sums) // 2
    inside = _ratios(chosen @ sums, chosen @ squares, count)
    outside = _ratios((1 - chosen) @ sums, (1 - chosen) @ squares, count)
    best = inside.argmax(axis=1)[:, None]
    best_out = np.take_along_axis(outside, best, axis=1)
    below = (outside < best_out).sum(axis=1)
    tied = (outside == best_out).sum(axis=1)
    rank = (below + (tied + 1) / 2) / (outside.shape[1] + 1)
    return np.take_along_axis(inside, best, axis=1)[:, 0], best_out[:, 0], rank


def _ratios(total: _Floats, squares: _Floats, count: int) -> _Floats:
    """Return mean over standard deviation (ddof=1); zero where there is no deviation."""
    mean = total / count
    spread = np.sqrt(np.maximum(squares - count * mean**2, 0) / (count - 1))
    ratios: _Floats = np.divide(mean, spread, out=np.zeros_like(mean), where=spread >= FLAT_FRAC)
    return ratios
