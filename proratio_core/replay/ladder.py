"""The synthetic order book: a ladder of levels around the price, deeper further away. Pure.

No book was recorded, so one is derived: always there, always symmetric, wide enough for any stake
of one trader. A market order walks it, so that size costs something.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from proratio_core.exchange.market_rules import MarketRules

__all__ = ["Level", "ladder", "walk"]

_HALF_SPREAD_FRAC: Final = 0.0001
_LEVEL_COST: Final = 20_000.0
"""Depth of the first level, in the quote currency; the n-th has n times as much."""
_DEEPEST: Final = 1_000
"""Ten thousand million in the quote currency, down to 10 % from the price."""


class Level(NamedTuple):
    """A price and what is offered there, in the quote and the base currency."""

    price: float
    amount: float


def ladder(rules: MarketRules, price: float, *, side: int, levels: int) -> list[Level]:
    """Return the levels on one side of the price, best first.

    Parameters
    ----------
    rules
        Whose tick the prices are multiples of.
    price
        The last traded price.
    side
        1 for the asks above it, -1 for the bids below.
    levels
        How many; bids end above zero.
    """
    tick = rules.price_tick
    step = max(round(price * _HALF_SPREAD_FRAC / tick), 1)
    middle = round(price / tick)
    ticks = (middle + side * step * level for level in range(1, levels + 1))
    return [
        Level(round(at * tick, 10), round(_LEVEL_COST * level / price, 8))
        for level, at in enumerate(ticks, start=1)
        if at > 0
    ]


def walk(
    rules: MarketRules, price: float, *, side: int, amount: float, limit: float | None
) -> list[Level]:
    """Return what an order that does not wait trades, level by level.

    Parameters
    ----------
    rules, price
        As for `ladder`.
    side
        1 buys from the asks, -1 sells to the bids.
    amount
        How much, in the base currency.
    limit
        The worst price accepted; None takes any.
    """
    taken: list[Level] = []
    for level in ladder(rules, price, side=side, levels=_DEEPEST):
        if amount <= 0 or (limit is not None and side * (level.price - limit) > 0):
            break
        part = min(amount, level.amount)
        taken.append(Level(level.price, part))
        amount -= part
    return taken
