"""What the replay exchange says of spot orders and balances, in Binance's words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proratio_core.exchange.market_rules import fees_frac
from proratio_core.replay.answers import text_of
from proratio_core.replay.trading.orders import Fill, Order, Side, TimeInForce
from proratio_core.replay.trading.spot_account import SpotAccount
from proratio_core.replay.trading.tickets import KIND_NAMES
from proratio_core.values import Market

__all__ = ["account", "order_document", "placed_document", "trade_document"]

_Document = dict[str, Any]


def order_document(order: Order) -> _Document:
    """Return an order as queries are answered."""
    ticket = order.ticket
    post_only = ticket.time_in_force is TimeInForce.POST_ONLY
    return {
        "symbol": ticket.pair.exchange_id,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": ticket.client_id,
        "price": text_of(ticket.price or 0.0),
        "origQty": text_of(ticket.amount),
        "executedQty": text_of(order.filled),
        "cummulativeQuoteQty": text_of(order.cost_quote),
        "status": order.status.value,
        "timeInForce": "GTC" if post_only else ticket.time_in_force.value,
        "type": "LIMIT_MAKER" if post_only else KIND_NAMES[Market.SPOT][ticket.kind],
        "side": ticket.side.value,
        "stopPrice": text_of(ticket.stop_price or 0.0),
        "icebergQty": "0",
        "time": order.created_ms,
        "updateTime": order.updated_ms,
        "isWorking": order.triggered,
        "origQuoteOrderQty": "0",
    }


def placed_document(order: Order, fills: Sequence[Fill]) -> _Document:
    """Return an order as the answer to placing it, with what it traded at once."""
    return order_document(order) | {
        "transactTime": order.created_ms,
        "fills": [
            {
                "price": text_of(fill.price),
                "qty": text_of(fill.amount),
                "tradeId": fill.id,
                **_commission(order, fill),
            }
            for fill in fills
        ],
    }


def trade_document(order: Order, fill: Fill) -> _Document:
    """Return one fill."""
    return {
        "symbol": order.ticket.pair.exchange_id,
        "id": fill.id,
        "orderId": order.id,
        "orderListId": -1,
        "price": text_of(fill.price),
        "qty": text_of(fill.amount),
        "quoteQty": text_of(fill.cost_quote),
        "time": fill.time_ms,
        "isBuyer": order.ticket.side is Side.BUY,
        "isMaker": fill.maker,
        "isBestMatch": True,
        **_commission(order, fill),
    }


def account(spot: SpotAccount, now_ms: int, *, can_withdraw: bool) -> _Document:
    """Return balances and permissions."""
    taker, maker = (round(frac * 10_000) for frac in fees_frac(Market.SPOT))
    return {
        "makerCommission": maker,
        "takerCommission": taker,
        "canTrade": True,
        "canWithdraw": can_withdraw,
        "canDeposit": True,
        "updateTime": now_ms,
        "accountType": "SPOT",
        "permissions": ["SPOT"],
        "balances": [
            {"asset": asset, "free": text_of(held.free), "locked": text_of(held.locked)}
            for asset, held in spot.balances.items()
        ],
    }


def _commission(order: Order, fill: Fill) -> _Document:
    pair = order.ticket.pair
    if order.ticket.side is Side.BUY:
        amount, asset = fill.fee_quote / fill.price, pair.base
    else:
        amount, asset = fill.fee_quote, pair.quote
    return {"commission": text_of(round(amount, 12)), "commissionAsset": asset}
