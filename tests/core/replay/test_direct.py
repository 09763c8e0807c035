"""ccxt's real client, plain and asynchronous, on lines that lead into this process."""

from __future__ import annotations

import asyncio
import copy

import ccxt
import ccxt.async_support
import pytest
import requests

from proratio_core.clock import FixedClock, to_ms
from proratio_core.exchange import RECORD_HEADER
from proratio_core.replay import AsyncLine, DirectExchange, Line, ReplayServer
from tests.wire.markets import START, candles, spot_market

MARKET = spot_market(candles(100))
URLS = {"api": {"public": "http://replay.invalid/api/v3"}}


def exchange_at(hours: float) -> tuple[DirectExchange, FixedClock]:
    clock = FixedClock(START)
    clock.sleep(hours * 3_600)
    return DirectExchange([MARKET], clock, record="binance"), clock


def settings_of(line: Line | AsyncLine) -> dict[str, object]:
    return {
        "urls": URLS,
        "session": line,
        "enableRateLimit": False,
        "options": {"fetchMarkets": {"types": ["spot"]}},
    }


def test_ccxt_reads_markets_candles_and_books_without_a_network() -> None:
    exchange, clock = exchange_at(50.5)
    client = ccxt.binance(settings_of(Line(exchange)))

    client.load_markets()
    rows = client.fetch_ohlcv("BTC/USDT", "1h", limit=3)
    book = client.fetch_order_book("BTC/USDT", limit=5)

    assert [row[0] for row in rows] == [to_ms(START) + hour * 3_600_000 for hour in (48, 49, 50)]
    price = MARKET.price(to_ms(clock.now()))
    assert price is not None
    assert book["bids"][0][0] < price < book["asks"][0][0]
    assert exchange.requests["/api/v3/klines"] == 1


def test_the_asynchronous_client_reads_the_same() -> None:
    exchange, _ = exchange_at(50)

    async def rows() -> list[list[float]]:
        client = ccxt.async_support.binance(settings_of(AsyncLine(exchange)))
        try:
            await client.load_markets()
            found: list[list[float]] = await client.fetch_ohlcv("BTC/USDT", "1h", limit=3)
            return found
        finally:
            await client.close()

    plain = ccxt.binance(settings_of(Line(exchange)))
    assert asyncio.run(rows()) == plain.fetch_ohlcv("BTC/USDT", "1h", limit=3)


def test_what_is_refused_is_ccxts_error() -> None:
    exchange, _ = exchange_at(50)
    client = ccxt.binance(settings_of(Line(exchange)))

    with pytest.raises(ccxt.BadSymbol):
        client.public_get_depth({"symbol": "NOBODY"})
    with pytest.raises(requests.HTTPError, match="404"):
        exchange.answer("POST", "http://replay.invalid/api/v3/order").raise_for_status()


def test_the_documents_are_those_of_the_server() -> None:
    exchange, clock = exchange_at(50)
    paths = ("/api/v3/depth?symbol=BTCUSDT&limit=5", "/api/v3/klines?symbol=BTCUSDT&interval=1h")

    with ReplayServer([MARKET], clock, record="binance") as server:
        for path in paths:
            served = requests.get(server.url + path, timeout=5)
            direct = exchange.answer("GET", "http://replay.invalid" + path)
            assert served.json() == requests.compat.json.loads(direct.text)
            assert direct.headers[RECORD_HEADER] == "binance"


def test_settings_that_are_copied_lead_to_the_same_exchange() -> None:
    exchange, _ = exchange_at(50)
    line, other = copy.deepcopy((Line(exchange), AsyncLine(exchange)))
    line.request("GET", "http://replay.invalid/api/v3/time")
    other.get("http://replay.invalid/api/v3/time")

    assert exchange.requests["/api/v3/time"] == 2
