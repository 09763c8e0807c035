"""Candles from a real WebSocket into a real database, while lines, REST and writes fail."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock, to_ms
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.replay import FaultScript, ReplayClock, ReplayServer
from proratio_core.values import Pair, SeriesKey, Timeframe
from tests.core.streaming.cut_lines import markets_of, oracle, run_hour, streaming
from tests.wire.markets import SPOT, START

KEY = SeriesKey("binance", SPOT, Timeframe.M1)


def test_cut_lines_and_broken_rest_lose_nothing_and_store_nothing_wrong(
    database: Database,
) -> None:
    faults = FaultScript.seeded(3, requests=400, fault_frac=0.25)
    outcome = run_hour(database, cuts=8, minutes=10, speed=240, faults=faults)
    assert outcome.losses >= 8
    assert outcome.faults >= 3
    assert outcome.early_requests == 0
    assert (outcome.stored, outcome.differing, outcome.misaligned) == (outcome.expected, 0, 0)


def test_a_close_is_stored_within_a_second(database: Database) -> None:
    frames = oracle()
    clock = ReplayClock(START + timedelta(hours=3, seconds=57))
    closing_ms = to_ms(START + timedelta(hours=3))

    async def stream(server: ReplayServer) -> float:
        async with streaming(database, server, clock, [KEY]) as stream:
            give_up_s = time.monotonic() + 20
            while (delay_s := stream.freshness()[0].delay_s) is None:
                assert time.monotonic() < give_up_s
                await asyncio.sleep(0.01)
            return delay_s

    with ReplayServer(markets_of(frames), clock, record="binance") as server:
        delay_s = asyncio.run(stream(server))
    assert 0 < delay_s < 1
    kept = CandleStore(database).read(KEY)
    assert to_ms(kept["date"].iloc[-1].to_pydatetime()) == closing_ms


def test_a_market_that_is_not_traded_ends_the_stream(database: Database) -> None:
    clock = FixedClock(START + timedelta(hours=3))
    unknown = SeriesKey("binance", Pair.parse("NONE/USDT"), Timeframe.M1)

    async def stream(server: ReplayServer) -> None:
        async with streaming(database, server, clock, [unknown]):
            await asyncio.sleep(0)

    with (
        ReplayServer(markets_of(oracle()), clock, record="binance") as server,
        pytest.raises(DataError, match="does not trade NONE/USDT"),
    ):
        asyncio.run(stream(server))
