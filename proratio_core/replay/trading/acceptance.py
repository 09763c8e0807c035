"""Which orders a market accepts, whoever places them. Pure."""

from __future__ import annotations

import math

from proratio_core.exchange.market_rules import MarketRules
from proratio_core.replay.refusals import (
    BAD_PRECISION,
    FILTER,
    INSUFFICIENT,
    WOULD_TRIGGER,
    RefusedError,
)
from proratio_core.replay.trading.orders import Side, Ticket, TimeInForce

__all__ = ["check_ticket"]


def check_ticket(ticket: Ticket, rules: MarketRules, *, price: float) -> None:
    """Raise unless the market accepts this order at this price.

    Parameters
    ----------
    ticket
        What is asked for.
    rules
        The market's.
    price
        The last traded price.

    Raises
    ------
    RefusedError
        A price or amount is off its grid or too small, a post-only order would trade at once, or
        a stop would be touched at once.
    """
    for value, step in (
        (ticket.amount, rules.amount_step),
        (ticket.price, rules.price_tick),
        (ticket.stop_price, rules.price_tick),
    ):
        if value is not None and not _is_multiple(value, step):
            raise RefusedError(
                BAD_PRECISION, "Precision is over the maximum defined for this asset."
            )
    if ticket.amount < rules.min_amount - 1e-12:
        raise RefusedError(FILTER, "Filter failure: LOT_SIZE")
    if ticket.amount * (ticket.price or price) < rules.min_cost and not ticket.reduce_only:
        raise RefusedError(FILTER, "Filter failure: NOTIONAL")
    if ticket.time_in_force is TimeInForce.POST_ONLY and _crosses(ticket, price):
        raise RefusedError(INSUFFICIENT, "Order would immediately match and take.")
    if ticket.stop_price is not None and _is_touched(ticket.side, ticket.stop_price, price):
        raise RefusedError(WOULD_TRIGGER, "Order would immediately trigger.")


def _is_multiple(value: float, step: float) -> bool:
    if not (math.isfinite(value) and value > 0):
        return False
    steps = value / step
    return abs(steps - round(steps)) < 1e-6 * max(1.0, abs(steps))


def _crosses(ticket: Ticket, price: float) -> bool:
    return ticket.price is not None and ticket.side.sign * (ticket.price - price) >= 0


def _is_touched(side: Side, stop_price: float, price: float) -> bool:
    return stop_price >= price if side is Side.SELL else stop_price <= price
