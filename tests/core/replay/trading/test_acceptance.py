"""What a market does not accept, in Binance's words."""

from __future__ import annotations

import pytest

from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading.acceptance import check_ticket
from proratio_core.replay.trading.orders import OrderKind, Side, Ticket, TimeInForce
from tests.core.replay.trading.orders import ticket
from tests.wire.markets import RULES

_POST = TimeInForce.POST_ONLY


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        (ticket(amount=1.0005, price=100.0), -1111, "Precision"),
        (ticket(price=100.005), -1111, "Precision"),
        (ticket(price=float("nan")), -1111, "Precision"),
        (ticket(price=-1.0), -1111, "Precision"),
        (ticket(amount=0.0, price=100.0), -1111, "Precision"),
        (ticket(amount=0.001, price=100.0), -1013, "NOTIONAL"),
        (ticket(price=101.0, time_in_force=_POST), -2010, "immediately match"),
        (ticket(Side.SELL, price=99.0, time_in_force=_POST), -2010, "immediately match"),
        (ticket(Side.SELL, OrderKind.STOP_MARKET, stop_price=100.0), -2021, "trigger"),
        (ticket(Side.BUY, OrderKind.STOP_MARKET, stop_price=99.0), -2021, "trigger"),
    ],
)
def test_an_order_that_breaks_a_rule_is_refused(asked: Ticket, code: int, message: str) -> None:
    with pytest.raises(RefusedError, match=message) as refused:
        check_ticket(asked, RULES, price=100.0)
    assert refused.value.document["code"] == code


def test_an_order_that_keeps_them_is_not() -> None:
    check_ticket(ticket(price=99.0, time_in_force=_POST), RULES, price=100.0)
    check_ticket(ticket(Side.SELL, OrderKind.STOP_MARKET, stop_price=99.0), RULES, price=100.0)
    check_ticket(ticket(amount=0.001, reduce_only=True), RULES, price=100.0)
