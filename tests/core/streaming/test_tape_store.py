"""Trades and books in a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.exchange.listener import BookSnapshot, PublicTrade
from proratio_core.streaming.tape_store import TapeStore
from proratio_core.values import Pair
from tests.wire.markets import PERPETUAL, SPOT, START


def traded(number: int, *, pair: Pair = SPOT, hours: int = 0) -> PublicTrade:
    at_ms = to_ms(START + timedelta(hours=hours))
    return PublicTrade(pair, number, at_ms, 40_000.5, 0.25, is_sell=True)


def book(*, hours: int = 0) -> BookSnapshot:
    bids, asks = ((40_000.0, 1.0), (39_999.0, 2.0)), ((40_001.0, 3.0),)
    return BookSnapshot(SPOT, to_ms(START + timedelta(hours=hours)), bids, asks)


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.transaction() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def test_a_trade_told_twice_is_stored_once_and_markets_are_kept_apart(database: Database) -> None:
    store = TapeStore(database, "binance")
    assert store.add_trades([traded(1), traded(2), traded(1, pair=PERPETUAL)]) == 3
    assert TapeStore(database, "binance").add_trades([traded(2), traded(3)]) == 1
    assert rows(
        database,
        "SELECT symbol, trade_id, traded_at, price, amount, is_sell FROM public_trade "
        "JOIN tape ON tape.id = tape_id ORDER BY 1, 2",
    ) == [
        *(("BTC/USDT", number, START, 40_000.5, 0.25, True) for number in (1, 2, 3)),
        ("BTC/USDT:USDT", 1, START, 40_000.5, 0.25, True),
    ]


def test_a_book_keeps_its_levels_in_order(database: Database) -> None:
    TapeStore(database, "binance").add_book(book())
    query = "SELECT seen_at, bid_prices, bid_amounts, ask_prices, ask_amounts FROM book_snapshot"
    assert rows(database, query) == [(START, [40_000.0, 39_999.0], [1.0, 2.0], [40_001.0], [3.0])]


def test_what_is_too_old_is_forgotten_and_other_exchanges_are_left_alone(
    database: Database,
) -> None:
    for exchange in ("binance", "simulated"):
        store = TapeStore(database, exchange)
        store.add_trades([traded(1), traded(2, hours=2)])
        store.add_book(book())
        store.add_book(book(hours=2))
    limit = START + timedelta(hours=1)
    store = TapeStore(database, "binance")
    assert store.forget(trades_before=limit, books_before=START) == (1, 0)
    assert store.forget(trades_before=limit, books_before=limit) == (0, 1)
    assert rows(database, "SELECT count(*) FROM public_trade") == [(3,)]
    assert rows(database, "SELECT count(*) FROM book_snapshot") == [(3,)]
