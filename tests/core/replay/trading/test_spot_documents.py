"""Spot orders, fills and balances as Binance words them."""

from __future__ import annotations

from proratio_core.replay.trading.orders import Fill, Side, TimeInForce
from proratio_core.replay.trading.spot_account import SpotAccount
from proratio_core.replay.trading.spot_documents import (
    account,
    order_document,
    placed_document,
    trade_document,
)
from tests.core.replay.trading.orders import order_of, ticket

_FILL = Fill(7, 1, 1_000, 100.0, 0.5, maker=False, fee_quote=0.05)


def test_an_order_states_amounts_as_text() -> None:
    order = order_of(ticket(amount=1.0, price=100.0)).after(_FILL, amount_step=0.001)
    document = order_document(order)
    assert (document["origQty"], document["executedQty"]) == ("1.0", "0.5")
    assert (document["cummulativeQuoteQty"], document["status"]) == ("50.0", "PARTIALLY_FILLED")
    post = order_of(ticket(price=99.0, time_in_force=TimeInForce.POST_ONLY))
    assert order_document(post)["type"] == "LIMIT_MAKER"


def test_a_fee_is_paid_in_what_is_received() -> None:
    bought = placed_document(order_of(ticket()), [_FILL])["fills"][0]
    assert (bought["commission"], bought["commissionAsset"]) == ("0.0005", "BTC")
    sold = trade_document(order_of(ticket(Side.SELL)), _FILL)
    assert (sold["commission"], sold["commissionAsset"]) == ("0.05", "USDT")
    assert (sold["isBuyer"], sold["isMaker"], sold["quoteQty"]) == (False, False, "50.0")


def test_an_account_says_what_its_key_may() -> None:
    document = account(SpotAccount({"USDT": 5.0}), 9, can_withdraw=False)
    assert document["balances"] == [{"asset": "USDT", "free": "5.0", "locked": "0.0"}]
    assert (document["canTrade"], document["canWithdraw"]) == (True, False)
    assert document["takerCommission"] == 10
