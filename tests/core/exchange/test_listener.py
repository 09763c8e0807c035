"""What is heard over real WebSockets, and that a ban holds there too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from proratio_core.clock import to_ms
from proratio_core.errors import ConfigurationError, RateLimitError, TransientError
from proratio_core.exchange import CcxtSource
from proratio_core.exchange.listener import CandleUpdate, MarketListener, PublicTrade
from proratio_core.replay import RecordedMarket, ReplayClock, ReplayServer
from proratio_core.values import SeriesKey, Timeframe
from tests.wire.markets import RULES, SPOT, START, candles

KEY = SeriesKey("binance", SPOT, Timeframe.M1)
MINUTES = candles(300, timeframe=Timeframe.M1)


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    clock = ReplayClock(START + timedelta(minutes=30), speed=120.0)
    markets = [RecordedMarket(SPOT, RULES, {Timeframe.M1: MINUTES})]
    with ReplayServer(markets, clock, record="binance") as running:
        yield running


@asynccontextmanager
async def listening(server: ReplayServer) -> AsyncIterator[tuple[MarketListener, CcxtSource]]:
    clock = ReplayClock(START)
    source = CcxtSource("binance", clock=clock, url=server.url)
    await asyncio.to_thread(source.require, KEY)
    listener = MarketListener(source, clock=clock)
    try:
        yield listener, source
    finally:
        await listener.close()
        source.close()


def test_updates_say_whether_the_candle_is_closed_and_a_cut_is_transient(
    server: ReplayServer,
) -> None:
    heard: list[CandleUpdate] = []

    async def listen() -> None:
        async with listening(server) as (listener, _):
            watching = asyncio.create_task(listener.watch_candles([KEY], heard.append))
            while not any(update.is_closed for update in heard):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await asyncio.to_thread(server.cut_sockets)
            with pytest.raises(TransientError, match="Connection closed"):
                await watching

    asyncio.run(asyncio.wait_for(listen(), 20))
    closed = next(update for update in heard if update.is_closed)
    row = (closed.open_ms - to_ms(START)) // KEY.timeframe.ms
    assert closed.key == KEY
    columns = ["open", "high", "low", "close", "volume"]
    assert closed.values == tuple(MINUTES.iloc[row][columns])
    assert any(not update.is_closed for update in heard)


def test_trades_and_books_are_heard(server: ReplayServer) -> None:
    heard: list[PublicTrade] = []

    async def listen() -> None:
        async with listening(server) as (listener, _):
            assert listener.book(SPOT, now_ms=1) is None
            tasks = [
                asyncio.create_task(listener.watch_trades([SPOT], heard.extend)),
                asyncio.create_task(listener.watch_books([SPOT])),
            ]
            while not heard or listener.book(SPOT, now_ms=1) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            book = listener.book(SPOT, now_ms=1)
            assert book is not None
            assert len(book.bids) == len(book.asks) == 20
            assert book.bids[1] < book.bids[0] < book.asks[0] < book.asks[1]
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            assert listener.book(SPOT, now_ms=1) is None

    asyncio.run(asyncio.wait_for(listen(), 20))
    assert {trade.pair for trade in heard} == {SPOT}
    assert all(trade.amount > 0 and trade.price > 0 for trade in heard)


def test_during_a_ban_no_request_goes_out_for_a_book(server: ReplayServer) -> None:
    async def listen() -> None:
        async with listening(server) as (listener, source):
            source.silence.keep(RateLimitError("banned", retry_after_s=60.0))
            before = server.requests["/api/v3/depth"]
            with pytest.raises(RateLimitError, match="wants silence"):
                await listener.watch_books([SPOT])
            assert server.requests["/api/v3/depth"] == before

    asyncio.run(asyncio.wait_for(listen(), 20))


def test_an_exchange_that_was_not_tried_is_refused() -> None:
    source = CcxtSource("kraken", clock=ReplayClock(START))
    with pytest.raises(ConfigurationError, match="streams of 'kraken' are not supported"):
        MarketListener(source, clock=ReplayClock(START))
    source.close()
