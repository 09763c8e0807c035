"""An hour of a virtual market whose WebSockets are cut over and over; what is stored of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from proratio_core.candles import CandleStore, resample
from proratio_core.candles.collector import Collector
from proratio_core.candles.gaps import GapLedger
from proratio_core.candles.patience import Patience
from proratio_core.clock import Clock, to_ms
from proratio_core.database import Database
from proratio_core.exchange import CcxtSource
from proratio_core.exchange.listener import MarketListener
from proratio_core.replay import FaultScript, RecordedMarket, ReplayClock, ReplayServer
from proratio_core.streaming import CandleStream, Repairer
from proratio_core.values import Market, SeriesKey, Timeframe, Timerange
from tests.wire.markets import PERPETUAL, RULES, SPOT, START, candles

TIMEFRAMES = (Timeframe.M1, Timeframe.M5, Timeframe.H1)
_MINUTES = 24 * 60
_HEAD = timedelta(hours=3)


def oracle() -> dict[SeriesKey, pd.DataFrame]:
    """Return every candle of the market, by series."""
    frames = {}
    for pair, level in ((SPOT, 40_000.0), (PERPETUAL, 40_010.0)):
        minutes = candles(_MINUTES, timeframe=Timeframe.M1, level=level)
        for timeframe in TIMEFRAMES:
            frame = (
                minutes if timeframe is Timeframe.M1 else resample(minutes, Timeframe.M1, timeframe)
            )
            frames[SeriesKey("binance", pair, timeframe)] = frame
    return frames


def markets_of(frames: Mapping[SeriesKey, pd.DataFrame]) -> list[RecordedMarket]:
    return [
        RecordedMarket(pair, RULES, {k.timeframe: f for k, f in frames.items() if k.pair == pair})
        for pair in (SPOT, PERPETUAL)
    ]


@asynccontextmanager
async def streaming(
    database: Database, server: ReplayServer, clock: Clock, keys: list[SeriesKey]
) -> AsyncIterator[CandleStream]:
    """Yield a running stream of `keys`; it is stopped at the end."""
    source = CcxtSource("binance", clock=clock, url=server.url)
    store = CandleStore(database)
    await asyncio.to_thread(source.require, keys[0])
    patience = Patience(clock, attempts=1)
    collector = Collector(source, store, GapLedger(database), clock, patience)
    listeners = [
        (MarketListener(source, clock=clock), [key for key in keys if key.market is market])
        for market in Market
        if any(key.market is market for key in keys)
    ]
    repairer = Repairer(source, collector, store, clock)
    stream = CandleStream(listeners, repairer, store=store, clock=clock)
    task = asyncio.create_task(stream.run())
    try:
        yield stream
        if task.done():
            task.result()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        for listener, _ in listeners:
            await listener.close()
        source.close()


@dataclass(frozen=True)
class Outcome:
    """What a run with cut lines came to."""

    cuts: int
    losses: int
    faults: int
    early_requests: int
    expected: int
    stored: int
    differing: int
    misaligned: int
    slowest_s: float
    real_s: float


def run_hour(
    database: Database,
    *,
    cuts: int,
    minutes: int,
    speed: float,
    faults: FaultScript | None = None,
) -> Outcome:
    """Stream `minutes` of the market, cut its lines `cuts` times, and compare with the oracle."""
    frames = oracle()
    clock = ReplayClock(START + _HEAD + timedelta(seconds=20), speed=speed)
    with ReplayServer(markets_of(frames), clock, record="binance", faults=faults) as server:
        began = time.monotonic()
        losses, slowest_s = asyncio.run(
            _stream(database, server, clock, (list(frames), cuts, minutes))
        )
        real_s = time.monotonic() - began
        return _compare(
            database,
            frames,
            to_ms(START + _HEAD) + minutes * 60_000,
            {
                "cuts": cuts,
                "losses": losses,
                "faults": len(server.faults.dealt),
                "early_requests": server.faults.early_requests,
                "slowest_s": slowest_s,
                "real_s": real_s,
            },
        )


async def _stream(
    database: Database,
    server: ReplayServer,
    clock: ReplayClock,
    plan: tuple[list[SeriesKey], int, int],
) -> tuple[int, float]:
    keys, cuts, minutes = plan
    chance = random.Random(5)
    start_s, slowest_s = clock.monotonic(), 0.0
    moments = sorted(chance.uniform(10, minutes * 60 - 30) for _ in range(cuts))
    async with streaming(database, server, clock, keys) as stream:
        for moment in moments:
            while clock.monotonic() - start_s < moment or not any(  # noqa: ASYNC110
                one.is_connected for one in stream.freshness()
            ):
                await asyncio.sleep(0.005)
            await asyncio.to_thread(server.cut_sockets)
        end_ms = to_ms(START + _HEAD) + minutes * 60_000
        give_up_s = time.monotonic() + 60
        while not (to_ms(clock.now()) > end_ms and stream.is_complete(end_ms)):
            assert time.monotonic() < give_up_s, stream.freshness()
            await asyncio.sleep(0.02)
        slowest_s = max(one.delay_s or 0.0 for one in stream.freshness())
        return stream.losses, slowest_s / clock.speed


def _compare(
    database: Database,
    frames: Mapping[SeriesKey, pd.DataFrame],
    end_ms: int,
    facts: dict[str, float],
) -> Outcome:
    store, expected, stored, differing, misaligned = CandleStore(database), 0, 0, 0, 0
    for key, frame in frames.items():
        kept = store.read(key, Timerange(START + timedelta(hours=1), None))
        times = kept["date"].map(lambda moment: to_ms(moment.to_pydatetime()))
        ended = kept[times + key.timeframe.ms <= end_ms].reset_index(drop=True)
        recorded = frame[frame["date"] >= START + timedelta(hours=1)]
        opened = recorded["date"].map(lambda moment: to_ms(moment.to_pydatetime()))
        truth = recorded[opened + key.timeframe.ms <= end_ms].reset_index(drop=True)
        expected, stored = expected + len(truth), stored + len(ended)
        merged = kept.merge(frame, on="date", suffixes=("", "_true"))
        columns = ["open", "high", "low", "close", "volume"]
        wrong = merged[columns].to_numpy() != merged[[f"{c}_true" for c in columns]].to_numpy()
        differing += int(wrong.any(axis=1).sum()) + len(kept) - len(merged)
        misaligned += 0 if ended["date"].equals(truth["date"]) else 1
    return Outcome(
        expected=expected, stored=stored, differing=differing, misaligned=misaligned, **facts
    )  # type: ignore[arg-type]
