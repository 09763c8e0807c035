"""The one trader of a replay exchange, and what a request's parameters name of him."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from proratio_core.replay.market import RecordedMarket
from proratio_core.replay.refusals import BAD_SYMBOL, MISSING_PARAMETER, RefusedError
from proratio_core.replay.trading.orders import Fill, Order
from proratio_core.replay.trading.perpetual_account import PerpetualAccount
from proratio_core.replay.trading.perpetual_documents import position_document
from proratio_core.replay.trading.signature import Credentials
from proratio_core.replay.trading.spot_account import SpotAccount
from proratio_core.replay.trading.venue import Venue
from proratio_core.values import Market, Pair

__all__ = ["Trader"]


class Trader:
    """Orders, accounts and permissions of one key.

    Parameters
    ----------
    venue
        The orders and accounts.
    markets
        What is traded.
    credentials
        Whose signature counts, and what it may do.

    The methods raise `RefusedError` where a request names what does not exist.
    """

    def __init__(
        self, venue: Venue, markets: Collection[RecordedMarket], credentials: Credentials
    ) -> None:
        self.venue = venue
        self.credentials = credentials
        self._pairs = {
            kind: {m.pair.exchange_id: m.pair for m in markets if m.pair.market is kind}
            for kind in Market
        }

    @classmethod
    def open(
        cls,
        markets: Collection[RecordedMarket],
        credentials: Credentials,
        balances: Mapping[str, float],
        *,
        participation_frac: float | None = None,
    ) -> Trader:
        """Return a trader who begins with `balances` on spot, and as much margin on perpetuals.

        Parameters
        ----------
        markets, credentials
            As for the trader.
        balances
            Asset -> amount. Margin is in the asset the perpetuals settle in, Tether without any.
        participation_frac
            See `matching.Terms`.
        """
        perpetuals = [m.pair for m in markets if m.pair.market is Market.PERPETUAL]
        asset = next((pair.settle for pair in perpetuals if pair.settle), "USDT")
        venue = Venue(
            markets,
            spot=SpotAccount(balances),
            perpetual=PerpetualAccount(asset, balances.get(asset, 0.0)),
            participation_frac=participation_frac,
        )
        return cls(venue, markets, credentials)

    def pair(self, market: Market, query: Mapping[str, str]) -> Pair:
        """Return the pair that a request names."""
        found = self._pairs[market].get(query.get("symbol", ""))
        if found is None:
            raise RefusedError(BAD_SYMBOL, "Invalid symbol.")
        return found

    def pairs(self, market: Market, query: Mapping[str, str]) -> list[Pair]:
        """Return the pair a request names, or every one of the market."""
        if "symbol" in query:
            return [self.pair(market, query)]
        return list(self._pairs[market].values())

    def order(self, market: Market, query: Mapping[str, str]) -> Order:
        """Return the order a request names."""
        number = query.get("orderId") or query.get("algoId")
        name = query.get("origClientOrderId") or query.get("clientAlgoId")
        if not number and not name:
            raise RefusedError(MISSING_PARAMETER, "Param 'orderId' or a client id is required.")
        order_id = int(number) if number and number.isdigit() else None
        found = [o for o in self.venue.orders(market=market) if o.id == order_id]
        pair = self.pair(market, query) if "symbol" in query or not found else found[0].ticket.pair
        return self.venue.find(pair, order_id=order_id, client_id=name)

    def trades(
        self,
        market: Market,
        query: Mapping[str, str],
        document: Callable[[Order, Fill], dict[str, Any]],
    ) -> list[dict[str, Any]]:
        """Return the fills of a pair that a request asks for, each as `document` has it."""
        pair = self.pair(market, query)
        orders = {order.id: order for order in self.venue.orders(pair)}
        wanted = query.get("orderId")
        since_ms = int(query.get("startTime", "0"))
        rows = [
            document(orders[fill.order_id], fill)
            for fill in self.venue.fills(pair)
            if fill.time_ms >= since_ms and wanted in {None, str(fill.order_id)}
        ]
        return rows[-int(query.get("limit", "500")) :]

    def orders(self, market: Market, query: Mapping[str, str]) -> list[Order]:
        """Return the orders of a pair that a request asks for, oldest first."""
        since_ms = int(query.get("startTime", "0"))
        orders = self.venue.orders(self.pair(market, query))
        found = [order for order in orders if order.created_ms >= since_ms]
        return found[-int(query.get("limit", "500")) :]

    def open_orders(self, market: Market, query: Mapping[str, str]) -> list[Order]:
        """Return what may still trade of the pair a request names, or of all."""
        return [
            order for pair in self.pairs(market, query) for order in self.venue.open_orders(pair)
        ]

    def cancel_all(
        self, market: Market, query: Mapping[str, str], now_ms: int, *, triggered: bool = True
    ) -> list[Order]:
        """Cancel what may still trade of the pair a request names, and return it.

        Of perpetuals, stops that wait (`triggered` false) are cancelled by a request of their own.
        """
        return [
            self.venue.cancel(order, now_ms)
            for order in self.venue.open_orders(self.pair(market, query))
            if market is Market.SPOT or order.triggered is triggered
        ]

    def positions(self, pairs: Collection[Pair], now_ms: int) -> list[dict[str, Any]]:
        """Return what is held of perpetuals."""
        account = self.venue.perpetual
        held = account.positions
        return [
            position_document(
                pair,
                held.get(pair),
                mark_price=self.venue.mark_price(pair, now_ms),
                leverage=account.leverage_of(pair),
                now_ms=now_ms,
            )
            for pair in pairs
        ]
