"""During a ban nothing is asked: real ccxt clients, and a server that bans."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import ccxt
import ccxt.async_support
import pytest

from proratio_core.clock import FixedClock
from proratio_core.exchange import RequestGate
from proratio_core.replay import Fault, FaultKind, ReplayServer
from tests.wire.markets import START, candles, spot_market


@pytest.fixture
def clock() -> FixedClock:
    clock = FixedClock(START)
    clock.sleep(3_600)
    return clock


@pytest.fixture
def server(clock: FixedClock) -> Iterator[ReplayServer]:
    with ReplayServer([spot_market(candles(48))], clock, record="binance") as running:
        yield running


def guarded(server: ReplayServer, gate: RequestGate) -> ccxt.binance:
    client = ccxt.binance({"enableRateLimit": False})
    client.options["fetchMarkets"] = {"types": ["spot"]}
    client.urls["api"]["public"] = f"{server.url}/api/v3"
    gate.guard(client)
    return client


@pytest.mark.parametrize("kind", [FaultKind.BAN, FaultKind.RATE_LIMIT])
def test_until_a_ban_ends_no_request_leaves_whoever_asks_and_how_often(
    server: ReplayServer, clock: FixedClock, kind: FaultKind
) -> None:
    gate = RequestGate(clock)
    client = guarded(server, gate)
    client.load_markets()
    server.faults.add(Fault(kind, seconds=90))
    with pytest.raises(ccxt.DDoSProtection):
        client.fetch_ohlcv("BTC/USDT", "1h")
    before = server.requests.total()
    for ask in (client.fetch_time, lambda: client.fetch_ticker("BTC/USDT")):
        with pytest.raises(ccxt.DDoSProtection, match="the next is allowed in 90 s"):
            ask()
    clock.sleep(89)
    with pytest.raises(ccxt.DDoSProtection, match="in 1 s"):
        client.fetch_time()
    assert (server.requests.total(), server.faults.early_requests) == (before, 0)
    assert gate.held_back == 3
    clock.sleep(1)
    assert client.fetch_ohlcv("BTC/USDT", "1h")


def test_every_client_of_the_gate_is_held_back_by_the_ban_of_one(
    server: ReplayServer, clock: FixedClock
) -> None:
    gate = RequestGate(clock)
    client = guarded(server, gate)
    client.load_markets()
    server.faults.add(Fault(FaultKind.BAN, seconds=60))

    async def banned() -> None:
        other = ccxt.async_support.binance({"enableRateLimit": False})
        other.urls["api"]["public"] = f"{server.url}/api/v3"
        other.set_markets_from_exchange(client)
        gate.guard(other)
        with pytest.raises(ccxt.DDoSProtection):
            await other.fetch_ohlcv("BTC/USDT", "1h")
        with pytest.raises(ccxt.DDoSProtection, match="the next is allowed"):
            await other.fetch_time()
        await other.close()

    asyncio.run(banned())
    with pytest.raises(ccxt.DDoSProtection, match="the next is allowed"):
        client.fetch_time()
    assert server.faults.early_requests == 0


@pytest.mark.parametrize(
    ("status", "headers", "body", "wait_s"),
    [
        (429, {"Retry-After": "7"}, "", 7.0),
        (418, {}, '{"msg": "Way too much; IP banned until 1704070830000."}', 30.0),
        (418, {}, "", 120.0),
        (429, {}, "", 10.0),
        (503, {"Retry-After": "7"}, "", 0.0),
    ],
)
def test_how_long_is_what_the_exchange_says_else_binance_s_shortest(
    clock: FixedClock, status: int, headers: dict[str, str], body: str, wait_s: float
) -> None:
    gate = RequestGate(clock)
    client = ccxt.binance()
    gate.guard(client)
    with suppress(ccxt.DDoSProtection):
        client.handle_errors(status, "", "", "GET", headers, body, None, {}, "")
    assert gate.wait_s == wait_s
    assert gate.server_failed is (status == 503)


def test_a_shorter_ban_does_not_end_a_longer_one(clock: FixedClock) -> None:
    gate = RequestGate(clock)
    client = ccxt.binance()
    gate.guard(client)
    for seconds in (60, 5):
        with pytest.raises(ccxt.DDoSProtection):
            client.handle_errors(
                429, "", "", "GET", {"Retry-After": str(seconds)}, "", None, {}, ""
            )
    assert gate.wait_s == 60.0
