"""Binance's parameters become tickets."""

from __future__ import annotations

import pytest

from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading.orders import OrderKind, Side, Ticket, TimeInForce
from proratio_core.replay.trading.tickets import ticket_of
from tests.wire.markets import PERPETUAL, SPOT

_LIMIT = {"side": "BUY", "type": "LIMIT", "quantity": "0.5", "price": "100.25"}


def test_each_kind_of_order_is_understood() -> None:
    assert ticket_of(SPOT, _LIMIT | {"newClientOrderId": "mine"}) == Ticket(
        SPOT, Side.BUY, OrderKind.LIMIT, 0.5, price=100.25, client_id="mine"
    )
    assert ticket_of(SPOT, _LIMIT | {"type": "LIMIT_MAKER"}).time_in_force is TimeInForce.POST_ONLY
    assert ticket_of(SPOT, _LIMIT | {"type": "MARKET"}).price is None
    stop = ticket_of(SPOT, _LIMIT | {"type": "STOP_LOSS_LIMIT", "stopPrice": "99"})
    assert (stop.kind, stop.stop_price) == (OrderKind.STOP_LIMIT, 99.0)
    algo = {"side": "SELL", "type": "STOP_MARKET", "quantity": "1", "triggerPrice": "98",
            "reduceOnly": "true", "clientAlgoId": "a", "timeInForce": "GTX"}  # fmt: skip
    assert ticket_of(PERPETUAL, algo) == Ticket(
        PERPETUAL, Side.SELL, OrderKind.STOP_MARKET, 1.0, stop_price=98.0,
        time_in_force=TimeInForce.POST_ONLY, client_id="a", reduce_only=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "ICEBERG"}, -1116),
        ({"type": "STOP_MARKET"}, -1116),  # no such type on spot
        ({"side": "HOLD"}, -1117),
        ({"timeInForce": "SOON"}, -1115),
        ({"quantity": "much"}, -1102),
        ({"type": "STOP_LOSS_LIMIT"}, -1102),
    ],
)
def test_what_is_not_understood_is_refused(changes: dict[str, str], code: int) -> None:
    with pytest.raises(RefusedError) as refused:
        ticket_of(SPOT, _LIMIT | changes)
    assert refused.value.document["code"] == code
