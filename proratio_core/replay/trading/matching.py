"""When and at what price an order trades, given the way the price went. Pure.

An order that waits is filled at its own price, by the part of the volume that traded at or beyond
that price which one trader may hope for; an order that does not wait walks the synthetic book. A
stop waits for its price to be touched, also by a jump between two candles, and then is the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from proratio_core.exchange.market_rules import MarketRules
from proratio_core.replay.ladder import walk
from proratio_core.replay.trading.orders import Order, OrderKind, Side, TimeInForce
from proratio_core.replay.trading.path import Leg

__all__ = ["Deal", "Terms", "arrive", "wait"]


@dataclass(frozen=True, slots=True)
class Terms:
    """How this market trades.

    Parameters
    ----------
    rules
        Tick and step.
    participation_frac
        Part of the volume at its price that a waiting order gets, above 0 to 1; None fills it whole
        as soon as its price is touched, as Freqtrade's own simulation does.
    """

    rules: MarketRules
    participation_frac: float | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """A trade before anybody has paid for it: when, at what price, how much, who waited."""

    time_ms: int
    price: float
    amount: float
    maker: bool


def arrive(order: Order, price: float, now_ms: int, *, terms: Terms) -> list[Deal]:
    """Return what an order trades at once, when it arrives or its stop is touched.

    Parameters
    ----------
    order
        One that is not waiting for its stop.
    price
        The last traded price.
    now_ms
        The moment.
    terms
        How this market trades.
    """
    ticket = order.ticket
    if ticket.time_in_force is TimeInForce.POST_ONLY:
        return []
    limit = ticket.price if ticket.kind in {OrderKind.LIMIT, OrderKind.STOP_LIMIT} else None
    levels = walk(terms.rules, price, side=ticket.side.sign, amount=order.remaining, limit=limit)
    if ticket.time_in_force is TimeInForce.FOK and not _whole(
        sum(level.amount for level in levels), order, terms
    ):
        return []
    return [Deal(now_ms, level.price, level.amount, maker=False) for level in levels]


def wait(order: Order, legs: Iterable[Leg], *, terms: Terms) -> tuple[Order, list[Deal]]:
    """Return an open order after the price went along `legs`, and what it traded on the way.

    The order knows whether its stop was touched and what it has queued; the deals are not
    in it yet.
    """
    deals: list[Deal] = []
    left = order.remaining
    for whole in legs:
        leg = whole
        if left < terms.rules.amount_step / 2:
            break
        if not order.triggered:
            touched_ms = leg.crossing_ms(_stop(order), falling=order.ticket.side is Side.SELL)
            if touched_ms is None:
                continue
            now_ms, at = math.ceil(touched_ms), leg.price_at(touched_ms)
            order = order.touched(now_ms)
            struck = arrive(order, at, now_ms, terms=terms)
            deals += struck
            left -= sum(deal.amount for deal in struck)
            leg = leg.from_ms(touched_ms)
        if order.ticket.price is None or left < terms.rules.amount_step / 2:
            continue
        order, filled = _rest(order, leg, left, terms)
        deals += filled
        left -= sum(deal.amount for deal in filled)
    return order, deals


def _rest(order: Order, leg: Leg, left: float, terms: Terms) -> tuple[Order, list[Deal]]:
    """Return what the volume at or beyond its price leaves to a waiting order on one line."""
    limit = order.ticket.price or 0.0
    buys = order.ticket.side is Side.BUY
    span = _beyond(leg, limit, buys=buys)
    if span is None:
        return order, []
    touched_ms, beyond_until_ms = span
    if terms.participation_frac is None:
        return order, [Deal(math.ceil(touched_ms), limit, left, maker=True)]
    rate = leg.volume_per_ms * terms.participation_frac
    offered = order.queued + rate * (beyond_until_ms - touched_ms)
    amount = min(left, _floored(offered, terms))
    if amount <= 0:
        return replace(order, queued=offered), []
    done_ms = touched_ms + (max(0.0, amount - order.queued) / rate if rate > 0 else 0.0)
    time_ms = math.ceil(min(done_ms, beyond_until_ms))
    queued = offered - amount if amount < left else 0.0
    return replace(order, queued=queued), [Deal(time_ms, limit, amount, maker=True)]


def _beyond(leg: Leg, limit: float, *, buys: bool) -> tuple[float, float] | None:
    """Return from when to when the price is at or beyond a limit on one line; None when never."""
    touched_ms = leg.crossing_ms(limit, falling=buys)
    if touched_ms is None:
        return None
    deepens = leg.end_price <= leg.start_price if buys else leg.end_price >= leg.start_price
    left_ms = None if deepens else leg.crossing_ms(limit, falling=not buys)
    return touched_ms, leg.end_ms if left_ms is None else left_ms


def _stop(order: Order) -> float:
    return order.ticket.stop_price or 0.0


def _floored(amount: float, terms: Terms) -> float:
    step = terms.rules.amount_step
    return round(math.floor(amount / step + 1e-9) * step, 12)


def _whole(amount: float, order: Order, terms: Terms) -> bool:
    return order.remaining - amount < terms.rules.amount_step / 2
