"""One trader's account on the replay exchange: what was ordered, and what became of it.

Nothing happens by itself: each request first lets everything happen that the recorded prices
brought about since the last one, in the order of time within a market. The same requests at the
same moments therefore have the same outcome.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np

from proratio_core.candles.frame import open_times_ms
from proratio_core.exchange.market_rules import fees_frac
from proratio_core.replay.market import RecordedMarket
from proratio_core.replay.refusals import (
    BAD_SYMBOL,
    CANCEL_REJECTED,
    INSUFFICIENT,
    NO_SUCH_ORDER,
    RefusedError,
)
from proratio_core.replay.trading.acceptance import check_ticket
from proratio_core.replay.trading.matching import Deal, Terms, arrive, wait
from proratio_core.replay.trading.orders import (
    Fill,
    Order,
    OrderKind,
    OrderStatus,
    Ticket,
    TimeInForce,
)
from proratio_core.replay.trading.path import legs_between
from proratio_core.replay.trading.perpetual_account import PerpetualAccount
from proratio_core.replay.trading.spot_account import SpotAccount
from proratio_core.values import Market, Pair, SeriesKind

__all__ = ["Venue"]


class Venue:
    """Orders, fills and accounts over recorded markets.

    Parameters
    ----------
    markets
        What is traded.
    spot, perpetual
        The trader's accounts.
    participation_frac
        See `matching.Terms`.
    """

    def __init__(
        self,
        markets: Collection[RecordedMarket],
        *,
        spot: SpotAccount,
        perpetual: PerpetualAccount,
        participation_frac: float | None = None,
    ) -> None:
        self.spot, self.perpetual = spot, perpetual
        self._markets = {market.pair: market for market in markets}
        self._participation_frac = participation_frac
        self._orders: dict[int, Order] = {}
        self._open: dict[int, None] = {}
        self._reckoned: dict[int, float] = {}
        self._fills: list[tuple[Pair, Fill]] = []
        self._seen_ms: dict[Pair, int] = {}

    def place(self, ticket: Ticket, now_ms: int) -> Order:
        """Accept an order, let it trade what it can at once, and return it.

        Raises
        ------
        RefusedError
            The order breaks a rule of the market or of the account.
        """
        self.advance(now_ms)
        market = self._market(ticket.pair)
        if not market.is_listed(now_ms):
            raise RefusedError(BAD_SYMBOL, "Invalid symbol.")
        price = self._price(market, now_ms)
        check_ticket(ticket, market.rules, price=price)
        self._check_name(ticket)
        order = Order(
            id=len(self._orders) + 1,
            ticket=ticket,
            created_ms=now_ms,
            updated_ms=now_ms,
            status=OrderStatus.NEW,
            triggered=not ticket.kind.is_stop,
        )
        deals = arrive(order, price, now_ms, terms=self._terms(market)) if order.triggered else []
        reckoned = max((deal.price for deal in deals), default=ticket.stop_price or price)
        self._account_lock(order, reckoned)
        self._reckoned[order.id] = reckoned
        self._keep(order)
        self._book(order, deals)
        self._finish_arrival(order.id, now_ms)
        return self._orders[order.id]

    def cancel(self, order: Order, now_ms: int) -> Order:
        """Take an open order out and return it.

        Raises
        ------
        RefusedError
            It is no longer open.
        """
        self.advance(now_ms)
        current = self._orders[order.id]
        if not current.status.is_open:
            raise RefusedError(CANCEL_REJECTED, "Unknown order sent.")
        return self._end(current, OrderStatus.CANCELED, now_ms)

    def find(self, pair: Pair, *, order_id: int | None, client_id: str | None) -> Order:
        """Return an order by one of its names.

        Raises
        ------
        RefusedError
            There is none.
        """
        named = self._orders.get(order_id or 0)
        if named is not None and named.ticket.pair == pair:
            return named
        for order in self.orders(pair) if client_id else ():
            if order.ticket.client_id == client_id:
                return order
        raise RefusedError(NO_SUCH_ORDER, "Order does not exist.")

    def orders(self, pair: Pair | None = None, *, market: Market | None = None) -> list[Order]:
        """Return every order, oldest first, of one pair or kind of market when named."""
        return [
            order
            for order in self._orders.values()
            if pair in {None, order.ticket.pair} and market in {None, order.ticket.pair.market}
        ]

    def open_orders(self, pair: Pair | None = None) -> list[Order]:
        """Return every order that may still trade, oldest first, of one pair when named."""
        waiting = (self._orders[order_id] for order_id in self._open)
        return [order for order in waiting if pair in {None, order.ticket.pair}]

    def fills(self, pair: Pair) -> list[Fill]:
        """Return every fill of a pair, oldest first."""
        return [fill for of, fill in self._fills if of == pair]

    def fills_of(self, order: Order) -> list[Fill]:
        """Return the fills of one order, oldest first."""
        return [fill for _, fill in self._fills if fill.order_id == order.id]

    def advance(self, now_ms: int) -> None:
        """Let happen what the recorded prices brought about up to `now_ms`."""
        for pair, market in self._markets.items():
            after_ms = self._seen_ms.get(pair, now_ms)
            self._seen_ms[pair] = max(now_ms, after_ms)
            if now_ms > after_ms:
                self._advance_orders(market, after_ms, now_ms)
                if pair in self.perpetual.positions:
                    self._advance_position(market, after_ms, now_ms)

    def mark_price(self, pair: Pair, now_ms: int) -> float:
        """Return the mark price of a perpetual, its traded price where no mark was recorded."""
        market = self._market(pair)
        mark = market.price(now_ms, kind=SeriesKind.MARK)
        return self._price(market, now_ms) if mark is None else mark

    def _advance_orders(self, market: RecordedMarket, after_ms: int, now_ms: int) -> None:
        waiting = self.open_orders(market.pair)
        if not waiting:
            return
        legs = list(legs_between(market, after_ms, now_ms))
        terms = self._terms(market)
        happened: list[tuple[int, Deal]] = []
        for order in waiting:
            state, deals = wait(order, legs, terms=terms)
            self._keep(state)
            happened += [(order.id, deal) for deal in deals]
        for order_id, deal in sorted(happened, key=lambda event: (event[1].time_ms, event[0])):
            self._book(self._orders[order_id], [deal])
        for order in waiting:
            current = self._orders[order.id]
            is_stuck = current.triggered and current.ticket.price is None
            if current.status.is_open and (is_stuck or not market.is_listed(now_ms)):
                self._end(current, OrderStatus.EXPIRED, now_ms)

    def _advance_position(self, market: RecordedMarket, after_ms: int, now_ms: int) -> None:
        """Settle funding and liquidate, hour by hour at most."""
        for time_ms, rate_frac in _settlements(market, after_ms, now_ms):
            mark = self.mark_price(market.pair, time_ms)
            self.perpetual.fund(market.pair, rate_frac=rate_frac, mark_price=mark, time_ms=time_ms)
        held = self.perpetual.positions.get(market.pair)
        if held is None:
            return
        price = held.liquidation_price
        worst = [
            leg.crossing_ms(price, falling=held.amount > 0)
            for leg in legs_between(market, after_ms, now_ms)
        ]
        if price > 0 and any(moment is not None for moment in worst):
            self.perpetual.liquidate(market.pair)

    def _book(self, order: Order, deals: Iterable[Deal]) -> None:
        """Turn deals into fills of the order and of the account, as far as both allow."""
        market = self._market(order.ticket.pair)
        step = market.rules.amount_step
        for deal in deals:
            current = self._orders[order.id]
            amount = min(deal.amount, current.remaining)
            if not current.status.is_open or amount < step / 2:
                continue
            fill = self._fill(current, deal, amount)
            realised = self._account_settle(current, fill)
            self._fills.append((market.pair, replace(fill, realised_quote=realised)))
            after = current.after(fill, amount_step=step)
            self._keep(after)
            if after.status is OrderStatus.FILLED:
                self.perpetual.release(after)

    def _fill(self, order: Order, deal: Deal, amount: float) -> Fill:
        taker, maker = fees_frac(order.ticket.pair.market)
        fee = deal.price * amount * (maker if deal.maker else taker)
        return Fill(
            len(self._fills) + 1, order.id, deal.time_ms, deal.price, amount, deal.maker, fee
        )

    def _finish_arrival(self, order_id: int, now_ms: int) -> None:
        """End what may not wait for more."""
        order = self._orders[order_id]
        impatient = order.ticket.time_in_force in {TimeInForce.IOC, TimeInForce.FOK}
        if (
            order.status.is_open
            and order.triggered
            and (impatient or order.ticket.kind is OrderKind.MARKET)
        ):
            self._end(order, OrderStatus.EXPIRED, now_ms)

    def _end(self, order: Order, status: OrderStatus, now_ms: int) -> Order:
        if order.ticket.pair.market is Market.SPOT:
            self.spot.release(order, price=self._reckoned[order.id])
        else:
            self.perpetual.release(order)
        ended = order.ended(status, now_ms)
        self._keep(ended)
        return ended

    def _keep(self, order: Order) -> None:
        """Remember an order as it is now, and whether it may still trade."""
        self._orders[order.id] = order
        if order.status.is_open:
            self._open[order.id] = None
        else:
            self._open.pop(order.id, None)

    def _account_lock(self, order: Order, price: float) -> None:
        if order.ticket.pair.market is Market.SPOT:
            self.spot.lock(order, price=price)
        else:
            self.perpetual.lock(order, price=price)

    def _account_settle(self, order: Order, fill: Fill) -> float:
        if order.ticket.pair.market is Market.PERPETUAL:
            return self.perpetual.settle(order, fill)
        taker, maker = fees_frac(Market.SPOT)
        fee_frac = maker if fill.maker else taker
        self.spot.settle(order, fill, price=self._reckoned[order.id], fee_frac=fee_frac)
        return 0.0

    def _check_name(self, ticket: Ticket) -> None:
        names = (order.ticket.client_id for order in self.open_orders(ticket.pair))
        if ticket.client_id and ticket.client_id in names:
            raise RefusedError(INSUFFICIENT, "Duplicate order sent.")

    def _terms(self, market: RecordedMarket) -> Terms:
        return Terms(market.rules, self._participation_frac)

    def _market(self, pair: Pair) -> RecordedMarket:
        found = self._markets.get(pair)
        if found is None:
            raise RefusedError(BAD_SYMBOL, "Invalid symbol.")
        return found

    def _price(self, market: RecordedMarket, now_ms: int) -> float:
        price = market.price(now_ms)
        if price is None:  # not listed yet
            raise RefusedError(BAD_SYMBOL, "Invalid symbol.")
        return price


def _settlements(market: RecordedMarket, after_ms: int, now_ms: int) -> Iterable[tuple[int, float]]:
    times = open_times_ms(market.funding)
    rates = market.funding["funding_rate"].to_numpy(np.float64)
    first, stop = np.searchsorted(times, [after_ms, now_ms], side="right")
    return [(int(times[i]), float(rates[i])) for i in range(first, stop)]
