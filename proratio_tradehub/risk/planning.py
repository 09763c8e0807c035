"""What a stop plans to lose: the few formulas everything else rests on. Pure.

All of them assume that the stop is filled at its price. A gap can go through it; what is lost then
beyond the plan is measured afterwards and never assumed away.
"""

from __future__ import annotations

from proratio_tradehub.risk.sides import Side

__all__ = ["distance_frac", "drawdown_frac", "loss_from_mark_quote", "loss_of_stake_frac"]


def distance_frac(side: Side, price: float, stop_price: float) -> float:
    """Return how far a stop is from the price, as a fraction of it; <= 0 on the wrong side.

    Examples
    --------
    >>> distance_frac(Side.LONG, 100.0, 95.0)
    0.050000000000000044
    """
    return side.sign * (1.0 - stop_price / price)


def loss_of_stake_frac(
    side: Side, price: float, stop_price: float, *, cost_frac: float, leverage: float
) -> float:
    """Return what a stake loses when it enters at `price` and leaves at `stop_price`.

    Parameters
    ----------
    side, price, stop_price
        The entry, in quote currency.
    cost_frac
        Fee and slippage of one side, as a fraction of its notional value.
    leverage
        Notional value over own money.

    Returns
    -------
    float
        A fraction of the own money: leverage x (distance + costs of both sides). 1 is all of it.
    """
    costs = cost_frac * (1.0 + stop_price / price)
    return leverage * (distance_frac(side, price, stop_price) + costs)


def loss_from_mark_quote(
    side: Side, mark_price: float, stop_price: float, *, amount: float, cost_frac: float
) -> float:
    """Return what equity loses from the last price on when a position leaves at its stop.

    Parameters
    ----------
    side, mark_price, stop_price
        The position, in quote currency.
    amount
        Units of the base currency.
    cost_frac
        Fee and slippage of leaving, as a fraction of the notional value then.

    Returns
    -------
    float
        In quote currency; 0 when the last price is already beyond the stop.
    """
    adverse = side.sign * (mark_price - stop_price)
    return max(0.0, adverse + cost_frac * stop_price) * amount


def drawdown_frac(equity_quote: float, peak_equity_quote: float) -> float:
    """Return how far equity is below its peak, 0 to 1."""
    return max(0.0, 1.0 - equity_quote / peak_equity_quote)
