"""Binance's signed endpoints of USDT-margined perpetuals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading import perpetual_documents as documents
from proratio_core.replay.trading.tickets import ticket_of
from proratio_core.replay.trading.trader import Trader
from proratio_core.values import Market

__all__ = ["HANDLERS"]

_Handler = Callable[[Trader, Mapping[str, str], int], Any]


def _account(trader: Trader, _: Mapping[str, str], now_ms: int) -> Any:
    positions = trader.positions(trader.pairs(Market.PERPETUAL, {}), now_ms)
    return documents.account(
        trader.venue.perpetual, positions, now_ms, can_withdraw=trader.credentials.can_withdraw
    )


def _position_risk(trader: Trader, query: Mapping[str, str], now_ms: int) -> Any:
    return trader.positions(trader.pairs(Market.PERPETUAL, query), now_ms)


def _place(trader: Trader, query: Mapping[str, str], now_ms: int) -> Any:
    order = trader.venue.place(ticket_of(trader.pair(Market.PERPETUAL, query), query), now_ms)
    return documents.order_document(order)


def _place_algo(trader: Trader, query: Mapping[str, str], now_ms: int) -> Any:
    order = trader.venue.place(ticket_of(trader.pair(Market.PERPETUAL, query), query), now_ms)
    return documents.algo_document(order)


def _query(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    return documents.order_document(trader.order(Market.PERPETUAL, query))


def _query_algo(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    return documents.algo_document(trader.order(Market.PERPETUAL, query))


def _cancel(trader: Trader, query: Mapping[str, str], now_ms: int) -> Any:
    order = trader.venue.cancel(trader.order(Market.PERPETUAL, query), now_ms)
    return documents.order_document(order)


def _cancel_algo(trader: Trader, query: Mapping[str, str], now_ms: int) -> Any:
    order = trader.venue.cancel(trader.order(Market.PERPETUAL, query), now_ms)
    return {"algoId": order.id, "clientAlgoId": order.ticket.client_id, "code": "200",
            "msg": "success"}  # fmt: skip


def _orders(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    return [
        documents.order_document(order)
        for order in trader.orders(Market.PERPETUAL, query)
        if order.triggered
    ]


def _open(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    opened = trader.open_orders(Market.PERPETUAL, query)
    return [documents.order_document(order) for order in opened if order.triggered]


def _open_algo(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    opened = trader.open_orders(Market.PERPETUAL, query)
    return [documents.algo_document(order) for order in opened if not order.triggered]


def _cancel_all(trader: Trader, query: Mapping[str, str], now_ms: int, *, triggered: bool) -> Any:
    trader.cancel_all(Market.PERPETUAL, query, now_ms, triggered=triggered)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


def _user_trades(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    return trader.trades(Market.PERPETUAL, query, documents.trade_document)


def _set_leverage(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    pair = trader.pair(Market.PERPETUAL, query)
    trader.venue.perpetual.set_leverage(pair, int(query.get("leverage", "0")))
    leverage = trader.venue.perpetual.leverage_of(pair)
    return {"symbol": pair.exchange_id, "leverage": leverage, "maxNotionalValue": "100000000"}


def _set_margin_type(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    trader.pair(Market.PERPETUAL, query)
    if query.get("marginType") != "ISOLATED":
        raise RefusedError(-4168, "Only isolated margin is replayed.")
    raise RefusedError(-4046, "No need to change margin type.")


def _brackets(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    pairs = trader.pairs(Market.PERPETUAL, query)
    return [documents.bracket_document(pair) for pair in pairs]


def _income(trader: Trader, query: Mapping[str, str], _: int) -> Any:
    account = trader.venue.perpetual
    since_ms = int(query.get("startTime", "0"))
    pairs = trader.pairs(Market.PERPETUAL, query)
    return [
        documents.income_document(payment, account.asset)
        for payment in account.funding
        if payment.time_ms >= since_ms and payment.pair in pairs
    ]


HANDLERS: Final[Mapping[tuple[str, str], _Handler]] = {
    ("GET", "/fapi/v2/account"): _account,
    ("GET", "/fapi/v3/account"): _account,
    ("GET", "/fapi/v2/positionRisk"): _position_risk,
    ("GET", "/fapi/v3/positionRisk"): _position_risk,
    ("POST", "/fapi/v1/order"): _place,
    ("GET", "/fapi/v1/order"): _query,
    ("DELETE", "/fapi/v1/order"): _cancel,
    ("POST", "/fapi/v1/algoOrder"): _place_algo,
    ("GET", "/fapi/v1/algoOrder"): _query_algo,
    ("DELETE", "/fapi/v1/algoOrder"): _cancel_algo,
    ("GET", "/fapi/v1/allOrders"): _orders,
    ("GET", "/fapi/v1/openOrders"): _open,
    ("DELETE", "/fapi/v1/allOpenOrders"): partial(_cancel_all, triggered=True),
    ("GET", "/fapi/v1/openAlgoOrders"): _open_algo,
    ("DELETE", "/fapi/v1/algoOpenOrders"): partial(_cancel_all, triggered=False),
    ("GET", "/fapi/v1/userTrades"): _user_trades,
    ("POST", "/fapi/v1/leverage"): _set_leverage,
    ("POST", "/fapi/v1/marginType"): _set_margin_type,
    ("GET", "/fapi/v1/leverageBracket"): _brackets,
    ("GET", "/fapi/v1/income"): _income,
    ("GET", "/fapi/v1/positionSide/dual"): lambda *_: {"dualSidePosition": False},
    ("GET", "/fapi/v1/multiAssetsMargin"): lambda *_: {"multiAssetsMargin": False},
}
"""Method and path -> who answers."""
