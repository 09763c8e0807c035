"""Perpetual orders, positions and margin on the replay exchange, in Binance's words. Pure."""

from __future__ import annotations

from typing import Any, Final

from proratio_core.replay.answers import text_of
from proratio_core.replay.trading.orders import Fill, Order, OrderStatus, Side
from proratio_core.replay.trading.perpetual_account import (
    MAINTENANCE_FRAC,
    FundingPayment,
    PerpetualAccount,
    Position,
)
from proratio_core.replay.trading.tickets import KIND_NAMES, TIME_NAMES
from proratio_core.values import Market, Pair

__all__ = [
    "account",
    "algo_document",
    "bracket_document",
    "income_document",
    "order_document",
    "position_document",
    "trade_document",
]

_Document = dict[str, Any]

_MAX_LEVERAGE: Final = 125
_ALGO_STATES: Final = {
    OrderStatus.CANCELED: "CANCELED",
    OrderStatus.EXPIRED: "EXPIRED",
}


def order_document(order: Order) -> _Document:
    """Return an order as placing and queries are answered."""
    ticket = order.ticket
    return {
        "orderId": order.id,
        "symbol": ticket.pair.exchange_id,
        "status": order.status.value,
        "clientOrderId": ticket.client_id,
        "price": text_of(ticket.price or 0.0),
        "avgPrice": text_of(order.mean_price),
        "origQty": text_of(ticket.amount),
        "executedQty": text_of(order.filled),
        "cumQty": text_of(order.filled),
        "cumQuote": text_of(order.cost_quote),
        "timeInForce": TIME_NAMES[ticket.time_in_force],
        "type": KIND_NAMES[Market.PERPETUAL][ticket.kind],
        "origType": KIND_NAMES[Market.PERPETUAL][ticket.kind],
        "reduceOnly": ticket.reduce_only,
        "closePosition": False,
        "side": ticket.side.value,
        "positionSide": "BOTH",
        "stopPrice": text_of(ticket.stop_price or 0.0),
        "workingType": "CONTRACT_PRICE",
        "priceProtect": False,
        "time": order.created_ms,
        "updateTime": order.updated_ms,
    }


def algo_document(order: Order) -> _Document:
    """Return a stop order, which Binance keeps apart from the others until it is touched."""
    ticket = order.ticket
    waiting = "NEW" if not order.triggered else "FINISHED"
    return {
        "algoId": order.id,
        "clientAlgoId": ticket.client_id,
        "algoType": "CONDITIONAL",
        "orderType": KIND_NAMES[Market.PERPETUAL][ticket.kind],
        "symbol": ticket.pair.exchange_id,
        "side": ticket.side.value,
        "positionSide": "BOTH",
        "timeInForce": TIME_NAMES[ticket.time_in_force],
        "quantity": text_of(ticket.amount),
        "algoStatus": _ALGO_STATES.get(order.status, waiting),
        "actualOrderId": str(order.id) if order.triggered else "",
        "actualPrice": text_of(order.mean_price),
        "triggerPrice": text_of(ticket.stop_price or 0.0),
        "price": text_of(ticket.price or 0.0),
        "workingType": "CONTRACT_PRICE",
        "priceProtect": False,
        "reduceOnly": ticket.reduce_only,
        "closePosition": False,
        "createTime": order.created_ms,
        "updateTime": order.updated_ms,
        "triggerTime": order.updated_ms if order.triggered else 0,
    }


def trade_document(order: Order, fill: Fill) -> _Document:
    """Return one fill."""
    return {
        "symbol": order.ticket.pair.exchange_id,
        "id": fill.id,
        "orderId": order.id,
        "side": order.ticket.side.value,
        "price": text_of(fill.price),
        "qty": text_of(fill.amount),
        "realizedPnl": text_of(fill.realised_quote),
        "quoteQty": text_of(fill.cost_quote),
        "commission": text_of(fill.fee_quote),
        "commissionAsset": order.ticket.pair.settle,
        "time": fill.time_ms,
        "positionSide": "BOTH",
        "maker": fill.maker,
        "buyer": order.ticket.side is Side.BUY,
    }


def position_document(
    pair: Pair, held: Position | None, *, mark_price: float, leverage: int, now_ms: int
) -> _Document:
    """Return a position as positionRisk shows it, all zeros when nothing is held."""
    amount = 0.0 if held is None else held.amount
    margin = 0.0 if held is None else held.margin_quote
    profit = 0.0 if held is None else held.unrealised_quote(mark_price)
    return {
        "symbol": pair.exchange_id,
        "positionAmt": text_of(amount),
        "entryPrice": text_of(0.0 if held is None else held.entry_price),
        "breakEvenPrice": text_of(0.0 if held is None else held.entry_price),
        "markPrice": text_of(mark_price),
        "unRealizedProfit": text_of(profit),
        "unrealizedProfit": text_of(profit),
        "liquidationPrice": text_of(0.0 if held is None else held.liquidation_price),
        "leverage": str(leverage),
        "maxNotionalValue": "100000000",
        "marginType": "isolated",
        "isolated": True,
        "isolatedMargin": text_of(margin + profit if held is not None else 0.0),
        "isolatedWallet": text_of(margin),
        "isAutoAddMargin": "false",
        "positionSide": "BOTH",
        "notional": text_of(amount * mark_price),
        "initialMargin": text_of(margin),
        "maintMargin": text_of(abs(amount) * mark_price * MAINTENANCE_FRAC),
        "positionInitialMargin": text_of(margin),
        "openOrderInitialMargin": "0",
        "marginAsset": pair.settle,
        "updateTime": now_ms,
    }


def account(
    perpetual: PerpetualAccount, positions: list[_Document], now_ms: int, *, can_withdraw: bool
) -> _Document:
    """Return margin, positions and permissions."""
    profit = sum(float(position["unRealizedProfit"]) for position in positions)
    wallet = text_of(perpetual.wallet_quote)
    held = sum(position.margin_quote for position in perpetual.positions.values())
    asset = {
        "asset": perpetual.asset,
        "walletBalance": wallet,
        "unrealizedProfit": text_of(profit),
        "marginBalance": text_of(perpetual.wallet_quote + profit),
        "maintMargin": text_of(sum(float(position["maintMargin"]) for position in positions)),
        "initialMargin": text_of(held + perpetual.locked_quote),
        "positionInitialMargin": text_of(held),
        "openOrderInitialMargin": text_of(perpetual.locked_quote),
        "crossWalletBalance": text_of(perpetual.wallet_quote - held),
        "crossUnPnl": "0",
        "availableBalance": text_of(perpetual.available_quote),
        "maxWithdrawAmount": text_of(perpetual.available_quote),
        "marginAvailable": True,
        "updateTime": now_ms,
    }
    return {
        "feeTier": 0,
        "canTrade": True,
        "canDeposit": True,
        "canWithdraw": can_withdraw,
        "updateTime": now_ms,
        "totalWalletBalance": wallet,
        "totalUnrealizedProfit": text_of(profit),
        "totalMarginBalance": asset["marginBalance"],
        "availableBalance": asset["availableBalance"],
        "assets": [asset],
        "positions": positions,
    }


def bracket_document(pair: Pair) -> _Document:
    """Return the one leverage bracket every perpetual here has."""
    return {
        "symbol": pair.exchange_id,
        "notionalCoef": 1.0,
        "brackets": [
            {
                "bracket": 1,
                "initialLeverage": _MAX_LEVERAGE,
                "notionalCap": 100_000_000,
                "notionalFloor": 0,
                "maintMarginRatio": MAINTENANCE_FRAC,
                "cum": 0.0,
            }
        ],
    }


def income_document(payment: FundingPayment, asset: str) -> _Document:
    """Return a funding payment as the income history has it."""
    return {
        "symbol": payment.pair.exchange_id,
        "incomeType": "FUNDING_FEE",
        "income": text_of(payment.amount_quote),
        "asset": asset,
        "info": "FUNDING_FEE",
        "time": payment.time_ms,
        "tranId": payment.id,
        "tradeId": "",
    }
