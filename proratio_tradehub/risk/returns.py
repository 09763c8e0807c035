"""The recent returns of every pair, and what they say of volatility and correlation. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from proratio_core.errors import RiskError
from proratio_core.values import Pair

__all__ = ["RecentReturns"]

_Floats = npt.NDArray[np.float64]
_FLAT_FRAC = 1e-12
"""Spread of returns below which they are all the same number but for rounding."""


@dataclass(frozen=True, eq=False)
class RecentReturns:
    """Simple returns per candle of several pairs over one common window.

    Build it once a candle and share it: what correlations rest on is computed on first use and
    kept. A pair whose row holds anything that is not finite has no figures: they are None, and a
    rule that needs them refuses.

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

    def __post_init__(self) -> None:
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

    @property
    def candles(self) -> int:
        """Length of the window."""
        return int(self.values.shape[1])

    def correlation(self, one: Pair, other: Pair) -> float | None:
        """Return Pearson's correlation of two pairs over the window, -1 to 1; None if undefined."""
        row, column = self._rows.get(one), self._rows.get(other)
        if row is None or column is None:
            return None
        products, lengths = self._products
        value = products[row][column] / (lengths[row] * lengths[column])
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

    @cached_property
    def _rows(self) -> Mapping[Pair, int]:
        return {pair: row for row, pair in enumerate(self.pairs)}

    @cached_property
    def _products(self) -> tuple[list[list[float]], list[float]]:
        """Return the products of all pairs' returns less their means, and the length of each.

        A length is NaN where it says nothing. Plain lists, which are read faster one by one.
        """
        if self.candles < 2:
            return [[math.nan] * len(self.pairs) for _ in self.pairs], [math.nan] * len(self.pairs)
        values, totals = self.values, np.add.reduce(self.values, axis=1)
        if not math.isfinite(sum(totals.tolist())):  # as it is only where every one is
            values = np.where(np.isfinite(totals)[:, None], values, np.nan)
            totals = np.where(np.isfinite(totals), totals, np.nan)
        centred = values - totals[:, None] / self.candles
        products: list[list[float]] = (centred @ centred.T).tolist()
        least = _FLAT_FRAC * math.sqrt(self.candles)
        lengths = (math.sqrt(products[row][row]) for row in range(len(self.pairs)))
        return products, [length if length > least else math.nan for length in lengths]
