"""Once it has earned enough, a position is not allowed to lose. Pure."""

from __future__ import annotations

import math

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side

__all__ = ["break_even_stop"]


def break_even_stop(
    side: Side, entry_price: float, best_price: float, *, from_frac: float, costs_frac: float
) -> float | None:
    """Return the stop price at which a position comes out even, costs paid.

    Parameters
    ----------
    side
        Which way the position earns.
    entry_price, best_price
        Where it was entered, and the highest price since (the lowest of a short), quote currency.
    from_frac
        Profit at the best price from which the stop is moved; has to be above the costs.
    costs_frac
        Costs of entering and leaving, as a fraction of the entry, >= 0.

    Returns
    -------
    float or None
        None before that profit was reached.

    Raises
    ------
    RiskError
        The profit is not above the costs, so that the stop would lie beyond the price at once.

    Examples
    --------
    >>> break_even_stop(Side.SHORT, 100.0, 97.0, from_frac=0.03, costs_frac=0.0)
    100.0
    """
    if not 0.0 <= costs_frac < from_frac < math.inf:
        raise RiskError(
            f"break-even from a profit of {from_frac!r} with costs of {costs_frac!r}; "
            "expected costs of at least zero and a profit above them"
        )
    if side.sign * (best_price / entry_price - 1.0) < from_frac:
        return None
    return entry_price * (1.0 + side.sign * costs_frac)
