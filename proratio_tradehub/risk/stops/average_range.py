"""A stop as far away as the market usually moves. Pure."""

from __future__ import annotations

import math

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side

__all__ = ["atr_stop"]


def atr_stop(side: Side, price: float, atr: float, *, multiple: float) -> float | None:
    """Return the stop price some average true ranges away from `price`.

    Parameters
    ----------
    side
        Which way the position earns.
    price
        Where it is entered, in quote currency.
    atr
        Average true range in quote currency, of candles closed before the entry (Wilder 1978, "New
        concepts in technical trading systems"; TA-Lib's ATR). NaN while it warms up.
    multiple
        How many of them, above 0; two to three are usual.

    Returns
    -------
    float or None
        None when the range is unknown or zero, or so large that there is no price to stop at.

    Raises
    ------
    RiskError
        The multiple is not above zero.

    Examples
    --------
    >>> atr_stop(Side.LONG, 100.0, 2.0, multiple=2.5)
    95.0
    """
    if not 0.0 < multiple < math.inf:
        raise RiskError(f"multiple is {multiple!r}; expected a finite number above zero")
    if not 0.0 < atr < math.inf:
        return None
    stop = price - side.sign * multiple * atr
    return stop if stop > 0.0 else None
