"""Trades and books from a real WebSocket into a real database."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from proratio_core.database import Database
from proratio_core.exchange import CcxtSource
from proratio_core.exchange.listener import MarketListener
from proratio_core.replay import RecordedMarket, ReplayClock, ReplayServer
from proratio_core.streaming.tape import TapePlan, TapeStream
from proratio_core.streaming.tape_store import TapeStore
from proratio_core.values import SeriesKey, Timeframe
from tests.core.streaming.test_tape_store import rows, traded
from tests.wire.markets import RULES, SPOT, START, candles

KEY = SeriesKey("binance", SPOT, Timeframe.M1)
MARKET = RecordedMarket(SPOT, RULES, {Timeframe.M1: candles(300, timeframe=Timeframe.M1)})


async def stream(database: Database, server: ReplayServer, clock: ReplayClock) -> TapeStream:
    """Keep trades and books until there are some of both on both sides of a cut."""
    source = CcxtSource("binance", clock=clock, url=server.url)
    await asyncio.to_thread(source.require, KEY)
    listener = MarketListener(source, clock=clock)
    plan = TapePlan(trades=True, book_every_s=10.0)
    store = TapeStore(database, "binance")
    tape = TapeStream([(listener, [SPOT])], store, plan, clock=clock)
    running = asyncio.create_task(tape.run())
    for _ in range(2):
        trades, books = tape.trades, tape.books
        while tape.trades <= trades or tape.books <= books:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await asyncio.to_thread(server.cut_sockets)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await listener.close()
    source.close()
    return tape


def test_trades_and_books_are_kept_over_a_cut_and_old_ones_forgotten(database: Database) -> None:
    clock = ReplayClock(START + timedelta(minutes=30), speed=60.0)
    TapeStore(database, "binance").add_trades([traded(1, hours=-24 * 8), traded(2, hours=-24 * 6)])
    with ReplayServer([MARKET], clock, record="binance") as server:
        tape = asyncio.run(asyncio.wait_for(stream(database, server, clock), 30))
    kept = rows(database, "SELECT count(*), min(traded_at) FROM public_trade")
    assert kept == [(tape.trades + 1, START - timedelta(days=6))]
    books = rows(database, "SELECT seen_at, bid_prices[1] < ask_prices[1] FROM book_snapshot")
    assert len(books) == tape.books >= 2
    assert all(is_sound for _, is_sound in books)
    assert tape.lost_trades == 0
