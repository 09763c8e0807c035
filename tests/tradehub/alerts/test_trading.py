"""Trades on record become news, each opening and closing once, in a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proratio_core.database import Database
from proratio_signals.ledger import Ledger
from proratio_tradehub.alerts.cursor import LOOK_BACK, Begun
from proratio_tradehub.alerts.news import Entered, Exited, Forecast, ManyTrades
from proratio_tradehub.alerts.trading import MOST_SINGLE, trade_news
from proratio_tradehub.journal import AccountTrade, record_trades
from proratio_tradehub.marks import Mark
from tests.signals.test_ledger import _decision
from tests.tradehub.reports.made import ACCOUNT, HOUR, NOON, a_closed, an_open
from tests.tradehub.reports.test_votes_behind import AS_OF, CAST, PROFILE, TAG

BEGUN = Begun(NOON - HOUR)


def told(database: Database, begun: Begun = BEGUN) -> tuple[list[object], Begun]:
    """Return the news, and what is known once they are told."""
    found = list(trade_news(database, begun))
    return [one.news for one in found], found[-1].after if found else begun


def test_an_entry_is_told_with_its_vote_and_an_exit_with_what_was_predicted(
    database: Database,
) -> None:
    Ledger(database).record([_decision(300, answers=CAST)], PROFILE)
    opened = AS_OF + timedelta(minutes=1)
    trade = a_closed(1, opened_at=opened, closed_at=opened + 3 * HOUR, enter_tag=TAG)
    record_trades(database, [trade])
    (entered, exited), _ = told(database, Begun(AS_OF))
    assert isinstance(entered, Entered)
    assert (entered.mark, entered.at, entered.price) == (Mark.PAPER, opened, 100.0)
    assert (entered.score, entered.threshold) == (pytest.approx(0.75), 0.6)
    assert [voice.said for voice in entered.voices] == ["BUY", "BUY", "HOLD"]
    assert entered.forecast == Forecast(pytest.approx(0.02933, abs=1e-5), 19)
    assert isinstance(exited, Exited)
    assert (exited.moved_frac, exited.held_candles) == (pytest.approx(0.1), 3)
    assert exited.forecast == entered.forecast
    assert (exited.profit_quote, exited.reason) == (9.79, "roi")


def test_without_a_vote_the_time_is_told_and_nothing_predicted(database: Database) -> None:
    record_trades(database, [a_closed(1, enter_tag=None)])
    (entered, exited), _ = told(database)
    assert isinstance(entered, Entered)
    assert (entered.score, entered.voices, entered.forecast) == (None, (), None)
    assert isinstance(exited, Exited)
    assert (exited.held, exited.held_candles, exited.forecast) == (HOUR, None, None)


def test_each_is_told_once_and_what_was_closed_since_is_told(database: Database) -> None:
    record_trades(database, [an_open(1)])
    (entered,), begun = told(database)
    assert told(database, begun)[0] == []
    record_trades(database, [a_closed(1)])
    (exited,), after = told(database, begun)
    assert (type(entered), type(exited)) == (Entered, Exited)
    assert told(database, after)[0] == []


def test_what_happened_before_the_beginning_is_not_told(database: Database) -> None:
    record_trades(database, [a_closed(1, hours=-9), an_open(2, hours=-9)])
    assert told(database) == ([], BEGUN)
    record_trades(database, [a_closed(2, hours=-9, closed_at=NOON)])
    ((exited,), _) = told(database)
    assert isinstance(exited, Exited)


def test_of_a_trade_that_was_written_down_late_nothing_is_lost(database: Database) -> None:
    record_trades(database, [an_open(2, hours=5)])
    _, begun = told(database)
    record_trades(database, [an_open(1, hours=1)])
    ((entered,), _) = told(database, begun)
    assert isinstance(entered, Entered)
    assert entered.at == NOON + HOUR


def test_after_an_outage_many_are_one_message_an_account(database: Database) -> None:
    record_trades(
        database,
        [a_closed(number, hours=number, profit=1.0) for number in range(MOST_SINGLE)],
    )
    (news,), begun = told(database)
    assert news == ManyTrades(
        Mark.PAPER,
        since=NOON,
        at=NOON + MOST_SINGLE * HOUR,
        account=ACCOUNT,
        opened=MOST_SINGLE,
        closed=MOST_SINGLE,
        won=MOST_SINGLE,
        profit_quote=float(MOST_SINGLE),
        quote="USDT",
    )
    assert told(database, begun) == ([], begun)


def test_what_is_remembered_does_not_grow(database: Database) -> None:
    begun = BEGUN
    for day in range(4):
        record_trades(database, [a_closed(day, hours=24 * day + n / 9) for n in range(3)])
        record_trades(database, [a_closed(10 * day + n, hours=24 * day) for n in range(3)])
        _, begun = told(database, begun)
    (closed,) = begun.closed.values()
    assert min(closed.told.values()) >= closed.last - LOOK_BACK
    assert len(closed.told) <= 8


def test_a_new_database_of_freqtrades_begins_with_1_again(database: Database) -> None:
    record_trades(database, [a_closed(1)])
    _, begun = told(database)
    again: AccountTrade = an_open(1, hours=8, entry_order_id="another")
    record_trades(database, [again])
    ((entered,), _) = told(database, begun)
    assert isinstance(entered, Entered)
