"""The recent returns of every pair, and what they say of volatility and correlation. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from proratio_core.errors import RiskError
from proratio_core.values import Pair

__all__ = ["RecentReturns"]

_Floats = npt.NDArray[np.float64]
_FLAT_FRAC = 1e-12
"""Spread of returns below which they are all the same number but for rounding."""


class _Moves(NamedTuple):
    """A pair's returns less their mean, and the root of the sum of their squares."""

    off: _Floats
    length: float


@dataclass(frozen=True, eq=False)
class RecentReturns:
    """Simple returns per candle of several pairs over one common window.

    Build it once a candle and share it: what a pair's correlations rest on is computed on first use
    and kept. A pair whose row holds anything that is not finite has no figures: they are None, and
    a rule that needs them refuses.

    Parameters
    ----------
    pairs
        One for each row.
    values
        Shape (pairs, candles), float64, as fractions, oldest first; the last column belongs to the
        last closed candle.

    Raises
    ------
    RiskError
        The shape does not fit, or a pair appears twice.

    Examples
    --------
    >>> btc, eth = Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")
    >>> up = np.array([0.01, -0.02, 0.03])
    >>> recent = RecentReturns.of({btc: up, eth: -up})
    >>> round(recent.correlation(btc, eth), 9)
    -1.0
    """

    pairs: tuple[Pair, ...]
    values: _Floats
    _rows: dict[Pair, int] = field(init=False, repr=False, default_factory=dict)
    _moves: dict[int, _Moves | None] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._rows.update({pair: row for row, pair in enumerate(self.pairs)})
        if self.values.ndim != 2 or self.values.shape[0] != len(self.pairs):
            raise RiskError(
                f"returns have shape {self.values.shape}; expected ({len(self.pairs)}, candles)"
            )
        if len(self._rows) < len(self.pairs):
            raise RiskError(f"a pair appears twice among {', '.join(map(str, self.pairs))}")

    @classmethod
    def of(cls, series: Mapping[Pair, _Floats]) -> Self:
        """Return the returns in `series`, each of shape (candles,), over the longest window.

        A shorter series lacks its oldest candles and so has no figures.
        """
        candles = max((len(row) for row in series.values()), default=0)
        values = np.full((len(series), candles), np.nan)
        for target, row in zip(values, series.values(), strict=True):
            target[candles - len(row) :] = row
        return cls(tuple(series), values)

    def between(self, first: int, end: int) -> Self:
        """Return the returns of some of the candles, of the same pairs, which were checked here."""
        part = object.__new__(type(self))
        part.__dict__.update(
            pairs=self.pairs, values=self.values[:, first:end], _rows=self._rows, _moves={}
        )
        return part

    @property
    def candles(self) -> int:
        """Length of the window."""
        return int(self.values.shape[1])

    def correlation(self, one: Pair, other: Pair) -> float | None:
        """Return Pearson's correlation of two pairs over the window, -1 to 1; None if undefined."""
        moved, along = self._moves_of(one), self._moves_of(other)
        if moved is None or along is None:
            return None
        value = float(moved.off.dot(along.off)) / (moved.length * along.length)
        return None if math.isnan(value) else max(-1.0, min(1.0, value))

    def volatility_frac(
        self, pair: Pair, candles: int | None = None, *, before: int = 0
    ) -> float | None:
        """Return the standard deviation (ddof 1) of the last returns, per candle.

        Parameters
        ----------
        pair
            Whose returns.
        candles
            How many; None takes all there are.
        before
            How many of the last candles are left out.

        Returns
        -------
        float or None
            None when the pair is unknown, a return is not finite or there are fewer than two.
        """
        row = self._rows.get(pair)
        end = self.candles - before
        count = end if candles is None else candles
        if row is None or not 2 <= count <= end:
            return None
        last = self.values[row, end - count : end]
        total = float(np.add.reduce(last))
        if not math.isfinite(total):  # as it is where any of them is not
            return None
        off = last - total / count  # what last.std(ddof=1) does, in a third of its time
        return math.sqrt(float(np.add.reduce(off * off)) / (count - 1))

    def _moves_of(self, pair: Pair) -> _Moves | None:
        row = self._rows.get(pair)
        if row is None:
            return None
        if row not in self._moves:
            self._moves[row] = _moves(self.values[row])
        return self._moves[row]


def _moves(values: _Floats) -> _Moves | None:
    """Return what a pair's correlations rest on; None where its returns say nothing."""
    candles = len(values)
    if candles < 2:
        return None
    total = float(np.add.reduce(values))
    if not math.isfinite(total):  # as it is where any of them is not
        return None
    off = values - total / candles
    length = math.sqrt(float(off.dot(off)))
    return _Moves(off, length) if length > _FLAT_FRAC * math.sqrt(candles) else None
