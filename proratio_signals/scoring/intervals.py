"""How sure a figure is: a block bootstrap that respects overlapping horizons; pure.

Opinions a few hours apart share most of their outcome, and so do two pairs at the same hour. The
calendar is therefore cut into cells as long as a horizon; all opinions of a cell, of every pair,
stay together, and cells are drawn in runs (the stationary bootstrap), so that what overlaps from
one cell into the next is mostly kept as well.

Sources: Politis & Romano, "The stationary bootstrap", Journal of the American Statistical
Association 89, 1994; mean run of n^(1/3) cells after Hall, Horowitz & Jing, "On blocking rules for
the bootstrap with dependent data", Biometrika 82, 1995; percentile intervals after Efron &
Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_signals.scoring.calls import Floats

__all__ = ["FEWEST_CELLS", "Blocks", "Estimate", "Statistic", "difference", "ratio"]

FEWEST_CELLS: Final = 20
"""What rests on fewer horizons than this carries no interval: there is too little to resample."""

_MOST_CELLS: Final = 2_000
"""With more of them the cells are made wider, which loses nothing but memory."""

_DRAWS: Final = 2_000
_SEED: Final = 20_240_101
_CONFIDENCE_FRAC: Final = 0.95

Statistic = Callable[[Floats], Floats]
"""From totals of shape (columns, draws) to a figure for each draw."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval.

    Parameters
    ----------
    value
        The figure; NaN when there was nothing to compute it from.
    low, high
        The interval; None when there are too few independent observations for one.
    n
        Observations behind the figure.
    """

    value: float
    low: float | None
    high: float | None
    n: int

    @property
    def is_above_zero(self) -> bool:
        """Whether the interval lies above zero."""
        return self.low is not None and self.low > 0

    @property
    def is_below_zero(self) -> bool:
        """Whether the interval lies below zero."""
        return self.high is not None and self.high < 0


class Blocks:
    """The cells of a set of observations, and the draws made from them.

    Two figures computed by the same `Blocks` are paired: each draw resamples both alike.

    Parameters
    ----------
    times_ms
        When each observation was made, shape (n,).
    reach_ms
        How long its outcome takes, at least 1: the length of a cell.
    seed
        The same seed draws the same cells.
    draws
        How many times the cells are resampled.
    """

    def __init__(
        self,
        times_ms: npt.NDArray[np.int64],
        reach_ms: int,
        *,
        seed: int = _SEED,
        draws: int = _DRAWS,
    ) -> None:
        span_ms = int(np.ptp(times_ms)) if len(times_ms) else 0
        width_ms = max(reach_ms, span_ms // _MOST_CELLS)
        cells, self._cell = np.unique(times_ms // width_ms, return_inverse=True)
        self.cells = len(cells)
        self._seed = seed
        self._draws = draws

    def estimate(
        self, columns: Sequence[Floats], statistic: Statistic, *, counted: Floats
    ) -> Estimate:
        """Return a figure of column totals with its interval.

        Parameters
        ----------
        columns
            Observations, each of shape (n,), finite.
        statistic
            The figure, from the totals of the columns.
        counted
            1.0 for each observation the figure rests on, else 0.0, shape (n,). Only cells that hold
            one make an interval.
        """
        drawn = self.replicates(columns, statistic, counted=counted)
        return _estimate(*drawn, n=int(counted.sum()))

    def mean(self, values: Floats, mask: npt.NDArray[np.bool_] | None = None) -> Estimate:
        """Return the mean of `values` where `mask`, both of shape (n,), with its interval."""
        counted = np.ones(len(values)) if mask is None else mask.astype(np.float64)
        kept = np.where(counted > 0, values, 0.0)
        return self.estimate((kept, counted), lambda t: ratio(t[0], t[1]), counted=counted)

    def replicates(
        self, columns: Sequence[Floats], statistic: Statistic, *, counted: Floats
    ) -> tuple[float, Floats | None]:
        """Return a figure and what it was in each draw; None with too few cells that count."""
        totals = np.array([self._by_cell(column) for column in columns])
        value = float(statistic(totals.sum(axis=1, keepdims=True))[0])
        if np.count_nonzero(self._by_cell(counted)) < FEWEST_CELLS:
            return value, None
        return value, statistic(totals @ self._times_drawn)

    def _by_cell(self, column: Floats) -> Floats:
        totals = np.bincount(self._cell, weights=column, minlength=self.cells)
        return np.asarray(totals, dtype=np.float64)

    @cached_property
    def _times_drawn(self) -> Floats:
        """How often each cell is in each draw, shape (cells, draws)."""
        generator = np.random.default_rng(self._seed)
        mean_run = max(2.0, math.ceil(self.cells ** (1 / 3)))
        drawn = np.zeros((self.cells, self._draws))
        column = np.arange(self._draws)
        place = generator.integers(self.cells, size=self._draws)
        for _ in range(self.cells):
            drawn[place, column] += 1
            fresh = generator.random(self._draws) < 1 / mean_run
            anywhere = generator.integers(self.cells, size=self._draws)
            place = np.where(fresh, anywhere, (place + 1) % self.cells)
        return drawn


def difference(
    first: tuple[float, Floats | None], second: tuple[float, Floats | None], *, n: int
) -> Estimate:
    """Return first minus second of two figures that share no observation.

    Parameters
    ----------
    first, second
        What `Blocks.replicates` returned, of two `Blocks` with different seeds.
    n
        Observations of the smaller one.
    """
    value = first[0] - second[0]
    if first[1] is None or second[1] is None:
        return Estimate(value, None, None, n)
    return _estimate(value, first[1] - second[1], n=n)


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return numerator / denominator, NaN where the denominator is zero."""
    undefined = np.full(np.shape(numerator), np.nan)
    result: Floats = np.divide(numerator, denominator, out=undefined, where=denominator != 0)
    return result


def _estimate(value: float, drawn: Floats | None, *, n: int) -> Estimate:
    if drawn is None or not math.isfinite(value):
        return Estimate(value, None, None, n)
    tail = (1 - _CONFIDENCE_FRAC) / 2
    low, high = np.nanquantile(drawn, (tail, 1 - tail))
    return Estimate(value, float(low), float(high), n)
