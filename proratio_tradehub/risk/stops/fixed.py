"""A stop at a fixed distance from the entry. Pure."""

from __future__ import annotations

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side

__all__ = ["fixed_stop"]


def fixed_stop(side: Side, price: float, distance_frac: float) -> float:
    """Return the stop price at a distance from `price`.

    Parameters
    ----------
    side
        Which way the position earns.
    price
        Where it is entered, in quote currency.
    distance_frac
        Distance as a fraction of the price, between 0 and 1.

    Raises
    ------
    RiskError
        The distance is not between 0 and 1.

    Examples
    --------
    >>> fixed_stop(Side.SHORT, 100.0, 0.05)
    105.0
    """
    if not 0.0 < distance_frac < 1.0:
        raise RiskError(f"stop distance is {distance_frac!r}; expected a fraction between 0 and 1")
    return price * (1.0 - side.sign * distance_frac)
