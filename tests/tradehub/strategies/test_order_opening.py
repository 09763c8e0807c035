"""A real Freqtrade in live mode on an exchange that fails, and what the order desk makes of it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from freqtrade.exceptions import FreqtradeException

from proratio_core.clock import to_ms
from proratio_core.replay import Fault, FaultKind
from proratio_core.replay.trading import Credentials, Order, OrderKind, OrderStatus, Side
from proratio_tradehub.strategies.order_opening import open_orders
from tests.live_session import BEGIN, LiveSession, five_minutes, live_session

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


def test_a_strategy_that_sends_no_orders_has_no_desk_and_one_that_does_ends_with_its_bot(
    session: LiveSession,
) -> None:
    ended, client = weakref.ref(session.start().strategy), session.bot.exchange._api  # type: ignore[union-attr]
    session.stop()
    gc.collect()
    assert ended() is None  # although the client is there, whose orders pass its desk
    assert client.create_order.__name__ == "create_order"
    strategy = session.start().strategy
    assert strategy._orders is not None
    strategy.config["runmode"] = type(strategy.config["runmode"]).DRY_RUN
    assert open_orders(strategy) is None


def test_a_rejected_stop_ends_in_an_emergency_exit_and_an_incident(session: LiveSession) -> None:
    session.start()
    session.let(enter=True)
    session.server.faults.add_for_orders(Fault(FaultKind.REJECTED, order_type="STOP_LOSS_LIMIT"))
    session.loop(2)
    session.let(enter=False)
    session.loop(3)
    left = [trade for trade in session.trades() if not trade.is_open]
    assert [trade.exit_reason for trade in left] == ["emergency_exit"]
    base = left[0].pair[:3]
    (sold,) = orders(session, base, Side.SELL)
    assert sold.ticket.kind is OrderKind.MARKET
    assert session.trader.venue.spot.of(base).free < 1e-4
    assert any("stop" in text and "is not there" in text for text in session.messages)


def test_during_a_ban_not_one_request_is_made_and_then_trading_goes_on(
    session: LiveSession,
) -> None:
    session.start()
    session.loop(4)
    held = len(session.trades())
    session.server.faults.add_for_orders(Fault(FaultKind.BAN, seconds=180))
    session.let(leave=True, enter=False)
    until = session.now() + 200
    while session.now() < until:  # the exit is answered with 418
        session.loop(1)
    assert session.server.faults.early_requests == 0
    assert session.bot.strategy._orders.desk._gate.held_back > 10  # type: ignore[union-attr]
    assert [fault.kind for fault in session.server.faults.dealt] == [FaultKind.BAN]
    session.loop(4)
    assert [trade.is_open for trade in session.trades()] == [False] * held


def test_by_a_clock_that_is_wrong_nothing_is_entered_and_it_is_told(session: LiveSession) -> None:
    session.start()
    session.skew.seconds = 1.5
    session.let(enter=False)
    session.loop(2, every_s=61)
    assert any("1.5 s" in text for text in session.messages)
    session.let(enter=True)
    session.skew.seconds = 6.0
    session.loop(1, every_s=61)
    session.loop(5)
    assert session.trades() == []
    assert session.bot.strategy.refused_entries["clock"] > 0  # type: ignore[union-attr]
    session.skew.seconds = 0.0
    session.loop(1, every_s=61)
    session.loop(5, every_s=60)
    assert session.trades() != []


def test_what_was_filled_in_parts_is_what_is_held_and_what_the_stop_covers(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    same = {"price_side": "same", "use_order_book": True}
    with live_session(
        tmp_path, [BTC], participation_frac=1e-4, entry_pricing=same, exit_pricing=same
    ) as session:
        session.start()
        session.loop(2)
        session.let(enter=False)
        while not orders(session, "BTC", Side.BUY)[0].filled:
            session.loop()
        (bought,) = orders(session, "BTC", Side.BUY)
        assert bought.filled < bought.ticket.amount  # still waiting for the rest
        session.stop()  # and a restart in the middle
        session.start()
        session.let(enter=False)
        session.loop(16)
        (bought,) = orders(session, "BTC", Side.BUY)
        (trade,) = session.trades()
        assert bought.status is not OrderStatus.PARTIALLY_FILLED
        is_less_the_fee = pytest.approx(bought.filled, rel=0.002, abs=BTC.rules.amount_step)
        assert trade.amount == is_less_the_fee
        (stop,) = [o for o in orders(session, "BTC", Side.SELL, stop=True) if o.status.is_open]
        assert stop.ticket.amount == pytest.approx(trade.amount)


def test_a_pair_delisted_while_it_is_held_is_told_and_the_others_go_on(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    gone = replace(BTC, delisted_ms=to_ms(BEGIN + timedelta(minutes=2)))
    with live_session(tmp_path, [gone, ETH], exchange={"markets_refresh_interval": 1}) as session:
        session.start()
        session.loop(4)
        assert sorted(trade.pair for trade in session.trades()) == ["BTC/USDT", "ETH/USDT"]
        session.let(enter=False)
        session.loop(5, every_s=30)
        told = [text for text in session.messages if "no longer traded" in text]
        assert len(told) == 1
        assert told[0].startswith("BTC/USDT")
        session.let(leave=True)
        session.loop(3)
        assert {t.pair: t.is_open for t in session.trades()} == {
            "BTC/USDT": True,
            "ETH/USDT": False,
        }


@pytest.mark.parametrize(
    ("credentials", "reason"),
    [
        (Credentials("key-5d1c", "secret-77ab", can_withdraw=True), "may withdraw money"),
        (Credentials("another", "secret-77ab"), "-2015"),
        (Credentials("key-5d1c", "another"), "-1022"),
    ],
    ids=["may withdraw", "wrong key", "wrong secret"],
)
def test_a_key_that_may_withdraw_or_is_not_known_ends_the_bot_at_its_start(
    session: LiveSession, credentials: Credentials, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    session.trader.credentials = credentials
    with pytest.raises(FreqtradeException) as end:
        session.start()
    assert reason in str(end.value) + caplog.text
    assert session.placed() == []
