"""Binance's signed spot endpoints, and those about the account as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from proratio_core.replay.refusals import CANCEL_REJECTED, RefusedError
from proratio_core.replay.trading import spot_documents as documents
from proratio_core.replay.trading.tickets import ticket_of
from proratio_core.replay.trading.trader import Trader
from proratio_core.values import Market

__all__ = ["HANDLERS"]

_Handler = Callable[[Trader, Mapping[str, str], int], Any]


def _account(trader: Trader, _: Mapping[str, str], now_ms: int) -> Any:
    can_withdraw = trader.credentials.can_withdraw
    return documents.account(trader.venue.spot, now_ms, can_withdraw=can_withdraw)


def _place(trader: Trader, query: Mapping[str, str], now_ms: int) -> Any:
    order = trader.venue.place(ticket_of(trader.pair(Market.SPOT, query), query), now_ms)
    return documents.placed_document(order, trader.venue.fills_of(order))


def _query(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    return documents.order_document(trader.order(Market.SPOT, query))


def _cancel(trader: Trader, query: Mapping[str, str], now_ms: int) -> Any:
    order = trader.venue.cancel(trader.order(Market.SPOT, query), now_ms)
    return documents.order_document(order)


def _orders(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    return [documents.order_document(order) for order in trader.orders(Market.SPOT, query)]


def _open(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    opened = trader.open_orders(Market.SPOT, query)
    return [documents.order_document(order) for order in opened]


def _cancel_all(trader: Trader, query: Mapping[str, str], now_ms: int) -> Any:
    ended = trader.cancel_all(Market.SPOT, query, now_ms)
    if not ended:
        raise RefusedError(CANCEL_REJECTED, "Unknown order sent.")
    return [documents.order_document(order) for order in ended]


def _trades(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    return trader.trades(Market.SPOT, query, documents.trade_document)


def _coins(trader: Trader, _: Mapping[str, str], __: int) -> Any:
    names = {name for pair in trader.pairs(Market.SPOT, {}) for name in (pair.base, pair.quote)}
    return [
        {
            "coin": name,
            "name": name,
            "depositAllEnable": True,
            "withdrawAllEnable": trader.credentials.can_withdraw,
            "trading": True,
            "isLegalMoney": False,
            "networkList": [],
        }
        for name in sorted(names)
    ]


def _restrictions(trader: Trader, _: Mapping[str, str], now_ms: int) -> Any:
    return {
        "ipRestrict": True,
        "createTime": now_ms,
        "enableReading": True,
        "enableWithdrawals": trader.credentials.can_withdraw,
        "enableInternalTransfer": False,
        "permitsUniversalTransfer": False,
        "enableMargin": False,
        "enableFutures": True,
        "enableVanillaOptions": False,
        "enableSpotAndMarginTrading": True,
    }


def _nothing(_: Trader, __: Mapping[str, str], ___: int) -> Any:
    return []


HANDLERS: Final[Mapping[tuple[str, str], _Handler]] = {
    ("GET", "/api/v3/account"): _account,
    ("POST", "/api/v3/order"): _place,
    ("GET", "/api/v3/order"): _query,
    ("DELETE", "/api/v3/order"): _cancel,
    ("GET", "/api/v3/allOrders"): _orders,
    ("GET", "/api/v3/openOrders"): _open,
    ("DELETE", "/api/v3/openOrders"): _cancel_all,
    ("GET", "/api/v3/myTrades"): _trades,
    ("GET", "/sapi/v1/capital/config/getall"): _coins,
    ("GET", "/sapi/v1/account/apiRestrictions"): _restrictions,
    ("GET", "/sapi/v1/spot/delist-schedule"): _nothing,
    ("GET", "/sapi/v1/margin/allPairs"): _nothing,
    ("GET", "/sapi/v1/margin/isolated/allPairs"): _nothing,
}
"""Method and path -> who answers."""
