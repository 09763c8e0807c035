"""Resampling a series in time without breaking what neighbours have to do with each other. Pure.

The stationary bootstrap: blocks of random, geometric length from random places, the series closed
to a ring. Statistics of sums (means, ratios of moments) need no resampled series at all: a block's
sum is the difference of two running sums, so a resample costs its blocks and not its observations.

Source: Politis & Romano, "The stationary bootstrap", Journal of the American Statistical
Association 89(428), 1994.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError

__all__ = ["RESAMPLES", "Resampler", "block_length", "block_length_of_ratios"]

RESAMPLES: Final = 10_000

_SEED: Final = 20_240_101
_CHUNK_CELLS: Final = 100_000
"""Numbers drawn at once: what belongs together stays in the processor's cache."""

_SHORTEST_BLOCK: Final = 1.05
"""Shorter mean blocks are single observations: blocks then only cost time."""

_FEWEST_FOR_BLOCKS: Final = 20
"""Shorter series have no autocorrelation worth measuring."""

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Resampler:
    """Draws the same resamples each time it is asked.

    One random stream feeds all draws: streams of their own for every resample overlap, or nearly
    do, and make standard errors too small by a few percent, which no eye sees.

    Parameters
    ----------
    observations
        Length of the series, at least 1.
    block
        Mean length of a block, at least 1; 1 resamples single observations.
    resamples
        How many, at least 1.
    seed
        The same seed draws the same.
    """

    observations: int
    block: float = 1.0
    resamples: int = RESAMPLES
    seed: int = _SEED

    def __post_init__(self) -> None:
        if self.observations < 1 or self.resamples < 1:
            raise DataError(
                f"{self.resamples} resamples of {self.observations} observations: at least one of "
                "each is needed"
            )
        if not (math.isfinite(self.block) and self.block >= 1):
            raise DataError(f"a mean block of {self.block} observations; at least 1 is needed")

    def totals(self, columns: _Floats) -> _Floats:
        """Return the sum of each column in each resample.

        Parameters
        ----------
        columns
            Finite, shape (k, observations).

        Returns
        -------
        numpy.ndarray
            Shape (k, resamples).
        """
        if self._is_single:
            sums = [columns.take(place, axis=1).sum(axis=2) for place in self.positions()]
            return np.concatenate(sums, axis=1)
        running = np.zeros((len(columns), 2 * self.observations + 1))
        np.cumsum(np.hstack([columns, columns]), axis=1, out=running[:, 1:])
        totals = [
            [(column.take(first + length) - column.take(first)).sum(axis=1) for column in running]
            for first, length in self._blocks()
        ]
        return np.concatenate(totals, axis=1)

    def positions(self) -> Iterator[_Ints]:
        """Yield the resamples as positions in the series, shape (some, observations) each."""
        if self._is_single:
            yield from self._singles()
            return
        place = np.arange(self.observations)
        for first, length in self._blocks():
            end = np.cumsum(length, axis=1)
            row = np.arange(len(first))[:, None] * self.observations
            marks = np.zeros((len(first), self.observations), np.int64)
            marks.reshape(-1)[(row + end)[end < self.observations]] = 1
            block = np.cumsum(marks, axis=1)
            start = np.take_along_axis(end - length, block, axis=1)
            yield (np.take_along_axis(first, block, axis=1) + place - start) % self.observations

    @property
    def _is_single(self) -> bool:
        return self.block <= _SHORTEST_BLOCK

    def _singles(self) -> Iterator[_Ints]:
        generator = np.random.default_rng(self.seed)
        for rows in _portions(self.resamples, max(1, _CHUNK_CELLS // self.observations)):
            yield self._anywhere(generator, (rows, self.observations))

    def _blocks(self) -> Iterator[tuple[_Ints, _Ints]]:
        """Yield places and lengths of blocks, shape (some, blocks) each.

        A row's lengths add up to the observations; blocks behind its last one have length zero.
        """
        generator = np.random.default_rng(self.seed)
        most = self._most_blocks()
        for rows in _portions(self.resamples, max(1, _CHUNK_CELLS // most)):
            length = self._lengths(generator, (rows, most))
            yield self._anywhere(generator, length.shape), length

    def _anywhere(self, generator: np.random.Generator, shape: tuple[int, ...]) -> _Ints:
        kind = np.uint16 if self.observations <= np.iinfo(np.uint16).max else np.uint32
        return generator.integers(0, self.observations, size=shape, dtype=kind).astype(np.int64)

    def _most_blocks(self) -> int:
        """Return how many blocks all but one row in a billion need: 1 + binomial."""
        mean = (self.observations - 1) / self.block
        return min(self.observations, math.ceil(1 + mean + 6 * math.sqrt(mean) + 6))

    def _lengths(self, generator: np.random.Generator, shape: tuple[int, int]) -> _Ints:
        """Return geometric lengths, each row cut where it reaches the observations."""
        ends = self._ends(generator, shape)
        while (ends[:, -1] < self.observations).any():
            ends = np.hstack([ends, self._ends(generator, shape) + ends[:, -1:]])
        np.minimum(ends, self.observations, out=ends)
        ends[:, 1:] -= ends[:, :-1].copy()
        return ends

    def _ends(self, generator: np.random.Generator, shape: tuple[int, int]) -> _Ints:
        """Return running sums of geometric numbers: rounded up, an exponential one is geometric."""
        waits = generator.standard_exponential(shape, dtype=np.float32)
        waits *= np.float32(-1 / math.log1p(-1 / self.block))
        return np.cumsum(waits.astype(np.int64) + 1, axis=1)


def _portions(whole: int, most: int) -> Iterator[int]:
    """Yield portions of at most `most` that add up to `whole`."""
    for done in range(0, whole, most):
        yield min(most, whole - done)


def block_length(values: _Floats) -> float:
    """Return the mean block length that suits the mean of a series, at least 1.

    Parameters
    ----------
    values
        Equally spaced, finite, oldest first, shape (n,).

    Returns
    -------
    float
        1 for fewer than 20 values and for constant ones.

    Notes
    -----
    Source: Politis & White, "Automatic block-length selection for the dependent bootstrap",
    Econometric Reviews 23(1), 2004, corrected by Patton, Politis & White, 28(4), 2009. The same
    algorithm as arch's `optimal_block_length`, which costs 0.7 s to import.
    """
    count = len(values)
    centred = values - values.mean() if count else values
    if count < _FEWEST_FOR_BLOCKS or not np.abs(centred).max() > 0:
        return 1.0
    centred = centred / np.abs(centred).max()  # squares of tiny numbers vanish
    reach = max(5, int(math.log10(count)))
    most = math.ceil(math.sqrt(count)) + reach
    band = 2 * math.sqrt(math.log10(count) / count)
    covariance = np.array([centred[lag:] @ centred[: count - lag] for lag in range(most + 1)])
    quiet = np.abs(covariance) < band * _spreads(centred, most)
    memory = min(2 * max(_first_quiet(quiet, reach), 1), most)
    lags = np.arange(1, memory + 1)
    weight = 2 * np.minimum(1.0, 2 * (1 - lags / memory)) * covariance[1 : memory + 1] / count
    slope = float(weight @ lags)
    long_run = float(covariance[0] / count + weight.sum())
    longest = math.ceil(min(3 * math.sqrt(count), count / 3))
    if long_run == 0:
        return float(longest)
    return min(max(float(np.cbrt(slope**2 / long_run**2 * count)), 1.0), float(longest))


def _spreads(centred: _Floats, most: int) -> _Floats:
    """Return for each lag the geometric mean of the sums of squares of its two ends."""
    squares = np.cumsum(centred**2)
    lags = np.arange(most + 1)
    late = squares[-1] - squares[lags]
    early = squares[len(centred) - 2 - lags]
    spreads: _Floats = np.sqrt(late * early)
    return spreads


def _first_quiet(quiet: npt.NDArray[np.bool_], reach: int) -> int:
    """Return the first lag from which `reach` autocorrelations in a row are noise."""
    for lag in range(len(quiet) - reach):
        if quiet[lag : lag + reach].all():
            return lag
    return len(quiet)


def block_length_of_ratios(returns: _Floats) -> float:
    """Return the block length for ratios of mean and spread: the longer of two.

    Returns themselves hardly remember; their squares do (volatility comes in clusters), and a
    Sharpe ratio depends on both.
    """
    return max(block_length(returns), block_length(returns**2))
