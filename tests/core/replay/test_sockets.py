"""WebSockets over a real connection, listened to by real ccxt."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import ccxt.pro
import pytest

from proratio_core.replay import RecordedMarket, ReplayClock, ReplayServer
from proratio_core.values import Timeframe
from tests.wire.markets import RULES, SPOT, START, candles, perpetual_market

_MINUTES = candles(600, timeframe=Timeframe.M1)
MARKETS = [RecordedMarket(SPOT, RULES, {Timeframe.M1: _MINUTES}), perpetual_market(48)]


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    clock = ReplayClock(START + timedelta(minutes=30), speed=120.0)
    with ReplayServer(MARKETS, clock, record="binance") as running:
        yield running


@asynccontextmanager
async def _listener(server: ReplayServer) -> AsyncIterator[ccxt.pro.binance]:
    host = server.url.removeprefix("http://")
    exchange = ccxt.pro.binance({"options": {"fetchMarkets": {"types": ["spot", "linear"]}}})
    exchange.urls["api"] |= {
        "public": f"{server.url}/api/v3",
        "fapiPublic": f"{server.url}/fapi/v1",
        "ws": {"spot": f"ws://{host}/stream/ws", "linear": f"ws://{host}/fstream/ws"},
    }
    try:
        yield exchange
    finally:
        await exchange.close()


def test_ccxt_watches_candles_trades_and_the_book(server: ReplayServer) -> None:
    async def watch() -> None:
        async with _listener(server) as exchange:
            rows = await asyncio.wait_for(exchange.watch_ohlcv("BTC/USDT", "1m"), 10)
            recorded = dict(zip(_MINUTES["date"].astype("int64"), _MINUTES["open"], strict=True))
            assert rows[-1][1] == recorded[rows[-1][0]]
            trades = await asyncio.wait_for(exchange.watch_trades("BTC/USDT"), 10)
            assert trades[-1]["amount"] > 0
            for _ in range(3):
                book = await asyncio.wait_for(exchange.watch_order_book("BTC/USDT", 20), 10)
                assert book["bids"][0][0] < book["asks"][0][0]
            assert len(book["bids"]) <= 20
            perpetual = await asyncio.wait_for(exchange.watch_ohlcv("BTC/USDT:USDT", "1h"), 10)
            assert perpetual[-1][4] > 0

    asyncio.run(watch())


def test_messages_are_answered_and_a_combined_stream_is_named(server: ReplayServer) -> None:
    async def talk() -> None:
        url = server.url.replace("http", "ws")
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(f"{url}/stream/stream?streams=btcusdt@trade") as socket:
                message = json.loads((await socket.receive(timeout=10)).data)
                assert message["stream"] == "btcusdt@trade"
            async with session.ws_connect(f"{url}/stream/ws") as socket:
                for method, expected in (
                    ("SUBSCRIBE", None),
                    ("LIST_SUBSCRIPTIONS", ["btcusdt@kline_4h"]),
                    ("UNSUBSCRIBE", None),
                    ("LIST_SUBSCRIPTIONS", []),
                ):
                    ask = {"method": method, "params": ["btcusdt@kline_4h"], "id": 5}
                    await socket.send_json(ask)
                    answers = (json.loads(m.data) async for m in socket)
                    answer = await anext(a async for a in answers if "id" in a)
                    assert answer == {"result": expected, "id": 5}
                await socket.send_str("not json")
                answers = (json.loads(m.data) async for m in socket)
                assert await anext(a async for a in answers if "error" in a)

    asyncio.run(talk())


def test_a_cut_line_is_noticed_and_can_be_opened_again(server: ReplayServer) -> None:
    async def lose() -> None:
        url = server.url.replace("http", "ws") + "/stream/ws/btcusdt@trade"
        async with aiohttp.ClientSession() as session:
            for _ in range(3):
                async with session.ws_connect(url) as socket:
                    await socket.receive(timeout=10)
                    assert await asyncio.to_thread(server.cut_sockets) == 1
                    async for _message in socket:
                        pass
                    assert socket.closed

    asyncio.run(lose())
    assert server.cut_sockets() == 0
