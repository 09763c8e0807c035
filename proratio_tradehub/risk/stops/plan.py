"""One position's stop through its life: always there, and only ever nearer. Pure.

The stop in force *during* a candle rests on candles closed before it, so that the path of a
backtest is the one a trader could have had.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.stops.average_range import atr_stop
from proratio_tradehub.risk.stops.break_even import break_even_stop
from proratio_tradehub.risk.stops.fixed import fixed_stop
from proratio_tradehub.risk.stops.holding import is_overdue
from proratio_tradehub.risk.stops.trailing import trailing_stop

__all__ = ["StopPlan", "nearer"]

_Floats = npt.NDArray[np.float64]


def nearer(side: Side, stop_price: float, other: float | None) -> float:
    """Return the stop of two that is hit first; None and NaN never replace one.

    Examples
    --------
    >>> nearer(Side.LONG, 95.0, 97.0), nearer(Side.SHORT, 105.0, None)
    (97.0, 105.0)
    """
    if other is not None and side.sign * (other - stop_price) > 0.0:
        return other
    return stop_price


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPlan:
    """How the stop of a position starts and moves.

    Parameters
    ----------
    distance_frac
        Distance of the fixed stop from the entry, between 0 and 1. There is always one.
    atr_multiple
        Average true ranges to a stop that may be nearer; None for none.
    trailing_frac, trailing_from_frac
        Distance from the best price, and the profit from which the stop follows; None for none.
    break_even_from_frac, costs_frac
        Profit from which the stop moves to where the position comes out even, and the costs of
        entering and leaving that have to be earned for it; None for none.
    longest
        How long a position may be held at all; None for as long as it likes.

    Raises
    ------
    RiskError
        A number is outside its range.
    """

    distance_frac: float
    atr_multiple: float | None = None
    trailing_frac: float | None = None
    trailing_from_frac: float = 0.0
    break_even_from_frac: float | None = None
    costs_frac: float = 0.0
    longest: timedelta | None = None

    def __post_init__(self) -> None:
        if self.longest is not None:
            now = datetime.fromtimestamp(0, UTC)
            is_overdue(now, now, self.longest)  # which refuses a span that is none
        self.moved_stop(Side.LONG, 1.0, best_price=1.0, stop_price=self.first_stop(Side.LONG, 1.0))

    def first_stop(self, side: Side, price: float, atr: float | None = None) -> float:
        """Return the stop to enter with: the nearer of the fixed one and the range's.

        Parameters
        ----------
        side, price
            The entry, in quote currency.
        atr
            Average true range in quote currency; None or NaN leaves the fixed stop.
        """
        stop = fixed_stop(side, price, self.distance_frac)
        if self.atr_multiple is None:
            return stop
        known = math.nan if atr is None else atr
        return nearer(side, stop, atr_stop(side, price, known, multiple=self.atr_multiple))

    def moved_stop(
        self, side: Side, entry_price: float, *, best_price: float, stop_price: float
    ) -> float:
        """Return where the stop belongs now, never further away than it is.

        Parameters
        ----------
        side, entry_price
            The position, in quote currency.
        best_price
            The highest price since the entry (the lowest of a short).
        stop_price
            Where the stop is.
        """
        if self.trailing_frac is not None:
            followed = trailing_stop(
                side,
                entry_price,
                best_price,
                distance_frac=self.trailing_frac,
                from_frac=self.trailing_from_frac,
            )
            stop_price = nearer(side, stop_price, followed)
        if self.break_even_from_frac is not None:
            even = break_even_stop(
                side,
                entry_price,
                best_price,
                from_frac=self.break_even_from_frac,
                costs_frac=self.costs_frac,
            )
            stop_price = nearer(side, stop_price, even)
        return stop_price

    def is_overdue(self, opened_at: datetime, now: datetime) -> bool:
        """Return whether a position has been held for as long as it may be."""
        return self.longest is not None and is_overdue(opened_at, now, self.longest)

    def path(self, side: Side, entry_price: float, best: _Floats, *, first_stop: float) -> _Floats:
        """Return the stop in force during each candle of a position, vectorised.

        Parameters
        ----------
        side, entry_price
            The position, in quote currency.
        best
            Highs of the candles since the entry (lows of a short), shape (n,), the entry's own
            candle first.
        first_stop
            The stop it was entered with.

        Returns
        -------
        numpy.ndarray
            Shape (n,), quote currency. Candle 0 has the first stop; each later one what
            `moved_stop` says of the candles before it, the entry itself being the first best price.
            NaN in `best` moves nothing.

        Raises
        ------
        RiskError
            `best` is not one-dimensional.
        """
        if best.ndim != 1:
            raise RiskError(f"best prices have shape {best.shape}; expected (candles,)")
        entered = side.sign * entry_price
        extremes = side.sign * np.maximum.accumulate(np.fmax(side.sign * best, entered))
        profit_frac = side.sign * (extremes / entry_price - 1.0)
        stops = np.full(len(best), side.sign * first_stop)
        if self.trailing_frac is not None:
            followed = side.sign * extremes * (1.0 - side.sign * self.trailing_frac)
            _raise(stops, followed, profit_frac >= self.trailing_from_frac)
        if self.break_even_from_frac is not None:
            even = side.sign * entry_price * (1.0 + side.sign * self.costs_frac)
            _raise(stops, np.full(len(best), even), profit_frac >= self.break_even_from_frac)
        return side.sign * np.maximum.accumulate(stops)


def _raise(stops: _Floats, candidates: _Floats, reached: npt.NDArray[np.bool_]) -> None:
    """Raise the stops of later candles in place to the candidates of the candles before them."""
    allowed = np.where(reached, candidates, -np.inf)
    np.maximum(stops[1:], allowed[:-1], out=stops[1:])
