"""The server over real HTTP, asked by real ccxt."""

from __future__ import annotations

from collections.abc import Iterator

import ccxt
import pytest
import requests

from proratio_core.clock import FixedClock, to_ms
from proratio_core.errors import ConfigurationError
from proratio_core.exchange import RECORD_HEADER, open_client, to_ccxt_market
from proratio_core.replay import Fault, FaultKind, RecordedMarket, ReplayServer
from proratio_core.values import Timeframe
from tests.wire.markets import START, candles, perpetual_market, spot_market

MARKETS = [spot_market(candles(48)), perpetual_market(48)]
HOUR_MS = Timeframe.H1.ms


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    clock = FixedClock(START)
    clock.sleep(30 * 3_600)
    with ReplayServer(MARKETS, clock, record="binance") as running:
        yield running


@pytest.mark.parametrize("market", MARKETS, ids=lambda m: str(m.pair))
def test_ccxt_parses_the_market_the_backtest_is_given_without_a_server(
    server: ReplayServer, market: RecordedMarket
) -> None:
    asked = open_client("binance", url=server.url)
    asked.load_markets()
    given = ccxt.binance()
    given.set_markets([to_ccxt_market(market.pair, market.rules)])
    symbol = str(market.pair)
    unlike = {
        field: (asked.markets[symbol].get(field), given.markets[symbol].get(field))
        for field in asked.markets[symbol] | given.markets[symbol]
        if field != "info" and asked.markets[symbol].get(field) != given.markets[symbol].get(field)
    }
    assert unlike == {}
    if symbol == "BTC/USDT":
        assert (asked.markets[symbol]["taker"], asked.markets[symbol]["maker"]) == (0.001, 0.001)


def test_ccxt_reads_candles_book_and_tickers_that_agree(server: ReplayServer) -> None:
    client = open_client("binance", url=server.url)
    ticker, book = client.fetch_ticker("BTC/USDT"), client.fetch_order_book("BTC/USDT", 5)
    current = client.fetch_ohlcv("BTC/USDT", "1h", limit=1)[0]
    assert current[0] == to_ms(START) + 30 * HOUR_MS
    assert current[4] == ticker["last"]
    assert book["bids"][0][0] == ticker["bid"] < ticker["last"] < ticker["ask"]
    assert client.fetch_ohlcv("BTC/USDT:USDT", "1h", limit=2, params={"price": "mark"})


def test_every_document_names_the_record_and_every_request_is_counted(
    server: ReplayServer,
) -> None:
    answer = requests.get(f"{server.url}/api/v3/time", timeout=5)
    assert answer.headers[RECORD_HEADER] == "binance"
    assert server.requests == {"/api/v3/time": 1}


def test_unknown_paths_and_wrong_parameters_get_an_error_document(server: ReplayServer) -> None:
    unknown = requests.get(f"{server.url}/api/v3/account", timeout=5)
    assert (unknown.status_code, unknown.json()["code"]) == (404, -1)
    assert "public market data only" in unknown.json()["msg"]
    wrong = requests.get(f"{server.url}/api/v3/klines?symbol=X", timeout=5)
    assert (wrong.status_code, wrong.json()["code"]) == (400, -1121)


def test_a_ban_is_announced_and_ends(server: ReplayServer) -> None:
    server.faults.add(Fault(FaultKind.BAN, seconds=60))
    klines = f"{server.url}/api/v3/klines?symbol=BTCUSDT&interval=1h"
    banned = requests.get(klines, timeout=5)
    assert (banned.status_code, banned.headers["Retry-After"]) == (418, "60")
    assert requests.get(f"{server.url}/api/v3/time", timeout=5).status_code == 418
    assert server.faults.early_requests == 1


def test_a_taken_port_is_refused_with_the_remedy(server: ReplayServer) -> None:
    again = ReplayServer(MARKETS, FixedClock(START), record="binance", port=server.port)
    with pytest.raises(ConfigurationError, match="choose another --port"), again:
        pass


def test_a_port_that_is_none_is_refused_and_not_waited_for() -> None:
    served = ReplayServer(MARKETS, FixedClock(START), record="binance", port=99_999)
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1:99999 .* 0 to 65535"), served:
        pass


def test_a_server_that_stopped_has_freed_its_port(server: ReplayServer) -> None:
    with ReplayServer(MARKETS, FixedClock(START), record="binance") as first:
        port = first.port
    with ReplayServer(MARKETS, FixedClock(START), record="binance", port=port) as second:
        assert requests.get(f"{second.url}/api/v3/ping", timeout=5).json() == {}
