"""A real Freqtrade in live mode on an exchange that fails, and what the order desk makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proratio_core.replay import Fault, FaultKind
from proratio_core.replay.trading import Order, OrderStatus, Side
from proratio_tradehub.strategies.order_opening import open_orders
from tests.live_session import LiveSession, five_minutes, live_session

pytestmark = pytest.mark.slow

BTC, ETH = five_minutes("BTC/USDT"), five_minutes("ETH/USDT", level=2_000.0, late_h=2.25)


@pytest.fixture
def session(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LiveSession]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with live_session(tmp_path, [BTC, ETH]) as running:
        yield running


def orders(session: LiveSession, base: str, side: Side, *, stop: bool = False) -> list[Order]:
    return [
        order
        for order in session.placed()
        if order.ticket.pair.base == base
        and order.ticket.side is side
        and (order.ticket.stop_price is not None) is stop
    ]


def test_where_the_reply_is_lost_after_the_order_was_accepted_there_is_exactly_one_position(
    session: LiveSession, caplog: pytest.LogCaptureFixture
) -> None:
    session.start()
    session.server.faults.add_for_orders(Fault(FaultKind.REPLY_LOST))
    session.loop(4)
    trades = session.trades()
    assert sorted(trade.pair for trade in trades) == ["BTC/USDT", "ETH/USDT"]
    for trade, base in ((trade, trade.pair[:3]) for trade in trades):
        (bought,) = orders(session, base, Side.BUY)
        assert trade.amount == pytest.approx(bought.filled, rel=0.002)  # less the fee
        assert [o.status for o in orders(session, base, Side.SELL, stop=True)] == [OrderStatus.NEW]
    assert "no usable reply to buy" in caplog.text
    assert session.server.faults.dealt == [Fault(FaultKind.REPLY_LOST)]


def test_a_strategy_that_sends_no_orders_has_no_desk(session: LiveSession) -> None:
    strategy = session.start().strategy
    assert strategy._orders is not None
    strategy.config["runmode"] = type(strategy.config["runmode"]).DRY_RUN
    assert open_orders(strategy) is None
