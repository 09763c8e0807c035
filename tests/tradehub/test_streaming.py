"""One process an exchange, its health file, its end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, DataError
from proratio_core.exchange import CcxtSource
from proratio_core.replay import RecordedMarket, ReplayClock, ReplayServer
from proratio_core.settings import Settings
from proratio_core.streaming import StreamHealth, TapePlan, stream_health_file
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_tradehub.streaming import StreamedMarkets, _interest, stream_markets
from tests.wire.markets import RULES, SPOT, START, candles

KEY = SeriesKey("binance", SPOT, Timeframe.M1)
MARKET = RecordedMarket(SPOT, RULES, {Timeframe.M1: candles(300, timeframe=Timeframe.M1)})


class Bench:
    def __init__(self, folder: Path, database: Database, server: ReplayServer) -> None:
        self.settings = Settings(PRORATIO_USER_DATA=folder, PRORATIO_EXCHANGE_URL=server.url)
        self.database = database
        self.clock = ReplayClock(START + timedelta(minutes=100, seconds=30))

    async def stream(self, *keys: SeriesKey) -> StreamHealth:
        """Stream until the first report of a connected series."""
        stop = asyncio.Event()

        def report(health: StreamHealth) -> None:
            assert stream_health_file(self.settings, "binance").read() == health
            if health.series[0].newest_open_time is not None and health.series[0].is_connected:
                stop.set()

        return await stream_markets(
            StreamedMarkets(keys, TapePlan()),
            settings=self.settings,
            database=self.database,
            clock=self.clock,
            stop=stop,
            report=report,
        )


@pytest.fixture
def bench(tmp_path: Path, database: Database) -> Iterator[Bench]:
    clock = ReplayClock(START + timedelta(minutes=100, seconds=30))
    with ReplayServer([MARKET], clock, record="binance") as server:
        yield Bench(tmp_path, database, server)


def test_it_reports_and_takes_its_health_file_away_at_the_end(bench: Bench) -> None:
    last = asyncio.run(bench.stream(KEY))
    assert last.series[0].newest_open_time == START + timedelta(minutes=99)
    assert last.series[0].is_connected
    assert stream_health_file(bench.settings, "binance").read() is None


def test_a_second_stream_of_an_exchange_is_refused(bench: Bench) -> None:
    lock = bench.settings.state_dir / "stream-binance.lock"
    lock.parent.mkdir()
    program = (
        "import fasteners, sys; lock = fasteners.InterProcessLock(sys.argv[1]); lock.acquire(); "
        "print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(ConfigurationError, match="another process already streams binance"):
            asyncio.run(bench.stream(KEY))
    finally:
        holder.kill()
        holder.communicate()


def test_a_pair_that_is_not_traded_is_refused_at_the_start(bench: Bench) -> None:
    with pytest.raises(DataError, match="does not trade BTC/USDC"):
        asyncio.run(bench.stream(SeriesKey("binance", Pair.parse("BTC/USDC"), Timeframe.M1)))


def test_open_interest_is_asked_of_perpetuals_alone(bench: Bench) -> None:
    source = CcxtSource("binance", clock=bench.clock, url=bench.settings.exchange_url)
    perpetual = SeriesKey("binance", Pair.parse("BTC/USDT:USDT"), Timeframe.M1)
    with closing(source):
        for keys, streams in (((KEY,), 0), ((KEY, perpetual), 1)):
            markets = StreamedMarkets(keys, TapePlan())
            with _interest(
                markets,
                source,
                url=bench.settings.exchange_url,
                database=bench.database,
                clock=bench.clock,
            ) as interest:
                assert len(interest) == streams
                for stream in interest:
                    stream.close()
