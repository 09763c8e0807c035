"""Perpetual orders, stops, positions and margin as Binance words them."""

from __future__ import annotations

from proratio_core.replay.trading import perpetual_documents as documents
from proratio_core.replay.trading.orders import Fill, OrderKind, OrderStatus, Side
from proratio_core.replay.trading.perpetual_account import (
    FundingPayment,
    PerpetualAccount,
    Position,
)
from tests.core.replay.trading.orders import order_of, ticket
from tests.wire.markets import PERPETUAL


def test_a_stop_is_new_until_touched_and_then_names_its_order() -> None:
    asked = ticket(Side.SELL, OrderKind.STOP_MARKET, stop_price=95.0, pair=PERPETUAL)
    waiting = documents.algo_document(order_of(asked))
    assert (waiting["algoStatus"], waiting["actualOrderId"]) == ("NEW", "")
    touched = documents.algo_document(order_of(asked).touched(5))
    assert (touched["algoStatus"], touched["actualOrderId"]) == ("FINISHED", "1")
    cancelled = documents.algo_document(order_of(asked).ended(OrderStatus.CANCELED, 5))
    assert cancelled["algoStatus"] == "CANCELED"


def test_orders_and_fills_name_their_side_and_their_profit() -> None:
    order = order_of(ticket(Side.SELL, pair=PERPETUAL, price=100.0, reduce_only=True))
    document = documents.order_document(order)
    assert (document["side"], document["reduceOnly"], document["timeInForce"]) == (
        "SELL", True, "GTC",
    )  # fmt: skip
    fill = Fill(1, 1, 9, 100.0, 1.0, maker=True, fee_quote=0.02, realised_quote=3.5)
    trade = documents.trade_document(order, fill)
    assert (trade["realizedPnl"], trade["commissionAsset"]) == ("3.5", "USDT")


def test_a_position_and_the_account_agree() -> None:
    held = Position(PERPETUAL, -2.0, 100.0, 50.0)
    row = documents.position_document(PERPETUAL, held, mark_price=90.0, leverage=4, now_ms=1)
    assert (row["unRealizedProfit"], row["notional"]) == ("20.0", "-180.0")
    account = documents.account(PerpetualAccount("USDT", 100.0), [row], 1, can_withdraw=True)
    assert account["totalMarginBalance"] == "120.0"
    assert account["canWithdraw"] is True


def test_brackets_and_income() -> None:
    assert documents.bracket_document(PERPETUAL)["brackets"][0]["initialLeverage"] == 125
    income = documents.income_document(FundingPayment(1, PERPETUAL, 5, -0.2), "USDT")
    assert (income["incomeType"], income["income"]) == ("FUNDING_FEE", "-0.2")
