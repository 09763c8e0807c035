"""Orders that exist and no trade knows become part of one, in a real Freqtrade in live mode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from freqtrade.persistence import Trade

from proratio_core.replay.trading import OrderStatus, Side
from proratio_core.values import Market
from proratio_tradehub.orders import IntentFile
from proratio_tradehub.strategies.trade_book import FreqtradeBook
from tests.live_session import LiveSession, five_minutes, live_session
from tests.tradehub.orders.test_intent_file import INTENT

pytestmark = pytest.mark.slow

MARKETS = [five_minutes("BTC/USDT")]


class Killed(BaseException):
    """What ends a process in the middle."""


@pytest.fixture
def session(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LiveSession]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with live_session(tmp_path, MARKETS) as running:
        yield running


def bought(session: LiveSession) -> list[float]:
    """Return what each buy on the exchange filled."""
    return [order.filled for order in session.placed() if order.ticket.side is Side.BUY]


def stops(session: LiveSession) -> list[OrderStatus]:
    return [o.status for o in session.placed() if o.ticket.stop_price is not None]


def kill_at(session: LiveSession, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start a bot that is killed at a point of its first order."""

    def kill(*_: Any, **__: Any) -> Any:
        raise Killed

    bot = session.start()
    desk = bot.strategy._orders.desk
    place, commit, reply = desk._place, Trade.commit, IntentFile.reply

    def placed(*words: Any) -> Any:
        place(*words)
        raise Killed

    def replied(file: IntentFile, *words: Any) -> None:
        reply(file, *words)
        if point == "after reply":
            raise Killed
        monkeypatch.setattr(Trade, "commit", kill)  # the commit of the trade is the next

    if point == "after intent":
        monkeypatch.setattr(desk, "_send", kill)
    elif point == "after send":
        monkeypatch.setattr(desk, "_place", placed)
    else:
        monkeypatch.setattr(IntentFile, "reply", replied)
    with pytest.raises(Killed):
        session.loop()
    monkeypatch.setattr(Trade, "commit", commit)
    monkeypatch.setattr(IntentFile, "reply", reply)
    session.kill()


@pytest.mark.parametrize("point", ["after intent", "before commit"])  # all: make live-orders
def test_killed_at_any_point_of_an_entry_there_is_one_position_with_its_stop(
    session: LiveSession, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_at(session, point, monkeypatch)
    sent = 0 if point == "after intent" else 1
    assert len(bought(session)) == sent

    session.start()
    session.let(enter=point == "after intent")
    session.loop(6)
    assert len(bought(session)) == 1
    (trade,) = session.trades()
    assert trade.is_open
    assert trade.amount == pytest.approx(bought(session)[0], rel=0.002)  # less the fee
    assert trade.fee_open_currency == "BTC"
    assert stops(session) == [OrderStatus.NEW]
    assert trade.stoploss_or_liquidation == pytest.approx(trade.open_rate * 0.95)

    session.let(leave=True)
    session.loop(3)
    (trade,) = session.trades()
    assert not trade.is_open
    assert session.trader.venue.spot.of("BTC").free < 0.001  # the exchange's account agrees
    assert session.trader.venue.orders(market=Market.SPOT)[-1].ticket.side is Side.SELL


def test_an_exit_whose_reply_and_process_were_lost_closes_the_trade_it_was_for(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.start()
    session.loop(3)
    session.let(leave=True, enter=False)
    desk = session.bot.strategy._orders.desk  # type: ignore[union-attr]
    place = desk._place

    def placed(*words: Any) -> Any:
        place(*words)
        raise Killed

    monkeypatch.setattr(desk, "_place", placed)
    with pytest.raises(Killed):
        session.loop(2)
    session.kill()
    sold = [o for o in session.placed() if o.ticket.side is Side.SELL and not o.ticket.stop_price]
    assert len(sold) == 1

    session.start()
    session.let(enter=False)
    session.loop(3)
    (trade,) = session.trades()
    assert (trade.is_open, trade.exit_reason) == (False, "reconciled")
    assert len([o for o in session.placed() if o.ticket.side is Side.SELL]) == 2  # and its stop


def test_a_market_stop_of_a_perpetual_that_was_placed_and_not_known_is_the_stop_of_its_trade(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with live_session(tmp_path, [five_minutes("BTC/USDT:USDT")]) as session:
        session.start()
        desk = session.bot.strategy._orders.desk  # type: ignore[union-attr]
        place = desk._place

        def placed(symbol: str, kind: str, *words: Any) -> Any:
            order = place(symbol, kind, *words)
            if kind == "stop_market":
                raise Killed
            return order

        monkeypatch.setattr(desk, "_place", placed)
        with pytest.raises(Killed):
            session.loop(3)
        session.kill()
        assert stops(session) == [OrderStatus.NEW]

        session.start()
        session.let(enter=False)
        session.loop(3)
        assert stops(session) == [OrderStatus.NEW]  # not one more
        (trade,) = session.trades()
        (stop,) = trade.open_sl_orders
        assert stop.ft_price == pytest.approx(trade.open_rate * 0.95, rel=1e-4)


def test_what_cannot_be_adopted_leaves_nothing_in_freqtrade_s_database(
    session: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = FreqtradeBook(session.start().strategy)
    order = {"id": "7", "status": "open", "amount": 0.5, "filled": 0.0, "price": 100.0}

    def full() -> None:
        Trade.session.flush()
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Trade, "commit", full)
        with pytest.raises(OSError, match="no space"):
            book.adopt(INTENT, order | {"symbol": INTENT.symbol, "side": "buy"})
    assert session.trades() == []
    said = book.adopt(INTENT, order | {"symbol": INTENT.symbol, "side": "buy"})
    assert said.startswith("adopted as trade")
    assert len(session.trades()) == 1
