"""A stop that follows the best price. Pure."""

from __future__ import annotations

import math

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side

__all__ = ["trailing_stop"]


def trailing_stop(
    side: Side, entry_price: float, best_price: float, *, distance_frac: float, from_frac: float
) -> float | None:
    """Return the stop price at a distance from the best price since the entry.

    Parameters
    ----------
    side
        Which way the position earns.
    entry_price, best_price
        Where it was entered, and the highest price since (the lowest of a short), quote currency.
    distance_frac
        Distance from the best price as a fraction of it, between 0 and 1.
    from_frac
        Profit at the best price from which the stop follows, as a fraction of the entry, >= 0.

    Returns
    -------
    float or None
        None before that profit was reached.

    Raises
    ------
    RiskError
        A fraction is outside its range.

    Examples
    --------
    >>> trailing_stop(Side.LONG, 100.0, 110.0, distance_frac=0.1, from_frac=0.02)
    99.0
    """
    if not 0.0 < distance_frac < 1.0:
        raise RiskError(f"distance is {distance_frac!r}; expected a fraction between 0 and 1")
    if not 0.0 <= from_frac < math.inf:
        raise RiskError(f"from_frac is {from_frac!r}; expected a finite number of at least zero")
    if side.sign * (best_price / entry_price - 1.0) < from_frac:
        return None
    return best_price * (1.0 - side.sign * distance_frac)
