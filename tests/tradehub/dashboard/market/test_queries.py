"""A span of a market with the trades and votes that belong to it."""

from __future__ import annotations

from datetime import UTC, datetime

from proratio_core.candles.store import CandleStore
from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.exchange.listener import BookSnapshot
from proratio_core.streaming.tape_store import TapeStore
from proratio_quantlab.results import ResultStore
from proratio_tradehub.dashboard.market.queries import (
    read_book,
    read_markets,
    read_pane,
    read_verdict,
)
from proratio_tradehub.dashboard.subject import account_subject, read_subjects
from proratio_tradehub.journal import Kind, record_entries, record_trades
from tests.core.candles.candle_frames import MARK, SPOT, START, candles
from tests.quantlab.made import result_of
from tests.tradehub.dashboard.market.made import HOUR, TAG, a_deal
from tests.tradehub.journal.made import ACCOUNT, a_trade, an_entry, closed

SUBJECT = account_subject(ACCOUNT, START, "USDT")


def test_the_last_candles_come_with_their_trades(database: Database) -> None:
    CandleStore(database).write(SPOT, candles(200))
    CandleStore(database).write(MARK, candles(200))
    end = START + 200 * HOUR
    record_trades(
        database,
        [
            a_trade(opened_at=end - 3 * HOUR),
            a_trade(entry_order_id="2", symbol="ETH/USDT", opened_at=end - 3 * HOUR),
            a_trade(entry_order_id="3", opened_at=START, **closed(closed_at=START + HOUR)),
        ],
    )
    (stored,) = read_markets(database, "binance")
    pane = read_pane(database, stored, SUBJECT, candles=48)
    assert pane is not None
    assert len(pane.candles) == 48
    assert pane.candles["band_low"].notna().all()  # candles before the span were read as well
    assert [deal.opened_at for deal in pane.deals] == [end - 3 * HOUR]
    early = read_pane(database, stored, SUBJECT, candles=10, until=START + 10 * HOUR)
    assert early is not None
    assert [deal.reason for deal in early.deals] == ["roi"]
    assert read_pane(database, stored, SUBJECT, candles=10, until=START) is None


def test_a_backtests_trades_are_found_by_its_number(database: Database) -> None:
    run = result_of(profits=(5.0, -2.0))
    ResultStore(database).save(run)
    store, first = CandleStore(database), run.trades[0]
    begin = first.opened_at.replace(minute=0, second=0, microsecond=0)
    store.write(SPOT, candles(48, start=begin))
    (stored,) = read_markets(database, "binance")
    (subject,) = read_subjects(database)
    pane = read_pane(database, stored, subject, candles=48)
    assert pane is not None
    assert pane.deals[0].profit_quote == first.profit_quote


def test_the_newest_book_is_shown(database: Database) -> None:
    CandleStore(database).write(SPOT, candles(2))
    (stored,) = read_markets(database, "binance")
    assert read_book(database, stored) is None
    tape = TapeStore(database, "binance")
    for minute, bid in ((0, 98.0), (1, 99.0)):
        at = to_ms(datetime(2024, 1, 1, 0, minute, tzinfo=UTC))
        tape.add_book(BookSnapshot(SPOT.pair, at, ((bid, 1.0),), ((101.0, 2.0),)))
    book = read_book(database, stored)
    assert book is not None
    assert book.bids == ((99.0, 1.0),)


def test_the_verdict_is_the_last_before_the_entry(database: Database) -> None:
    deal = a_deal()
    record_entries(
        database,
        [
            an_entry(Kind.VERDICT, signal_id=TAG, at=deal.opened_at, document={"stake": 1}),
            an_entry(Kind.VERDICT, signal_id=TAG, at=deal.opened_at + HOUR, about="later"),
        ],
    )
    assert read_verdict(database, ACCOUNT, deal) == {"stake": 1}
    assert read_verdict(database, ACCOUNT, a_deal(tag="")) is None
