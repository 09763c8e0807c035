"""Candles in real time: stored as the exchange closes them, repaired over REST after every loss.

Two sources meet here. The stream is quick and forgets what happens while its line is down; REST is
slow and complete. A candle is stored from the stream within moments of its close, and what REST
answers later decides. Writes and questions have a thread each: a ban holds up no write.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
import structlog

from proratio_core.candles.frame import OHLCV_COLUMNS, make_frame
from proratio_core.candles.store import CandleStore
from proratio_core.clock import Clock, from_ms, to_ms
from proratio_core.errors import DataError, TransientError
from proratio_core.exchange.listener import CandleUpdate, MarketListener
from proratio_core.streaming.backoff import Backoff
from proratio_core.streaming.health import SeriesFreshness
from proratio_core.streaming.lines import keep_listening, run_together
from proratio_core.streaming.progress import SeriesProgress
from proratio_core.streaming.repair import Repairer
from proratio_core.values import SeriesKey

__all__ = ["CandleStream"]

_log = structlog.get_logger(__name__)

_LOOK_S: Final = 0.05
"""Real seconds between two looks for something to repair."""


@dataclass
class _Series:
    """A series and what is known of its stream."""

    progress: SeriesProgress
    is_heard: bool = False
    delay_s: float | None = None
    corrected: int = 0
    backoff: Backoff = field(default_factory=lambda: Backoff(random.Random()))  # noqa: S311
    resting_until_s: float = 0.0


class CandleStream:
    """Keeps series up to date until it is cancelled. Used on one event loop.

    Parameters
    ----------
    keys
        The series; all of one exchange.
    listeners
        One for each market, with the keys it listens to.
    repairer
        Asks the exchange.
    store
        Where candles go.
    clock
        What time it is.
    """

    def __init__(
        self,
        listeners: Sequence[tuple[MarketListener, Sequence[SeriesKey]]],
        repairer: Repairer,
        *,
        store: CandleStore,
        clock: Clock,
    ) -> None:
        self._listeners, self._repairer = listeners, repairer
        self._store, self._clock = store, clock
        self._series = {key: _Series(SeriesProgress(key)) for _, keys in listeners for key in keys}
        self._closed: asyncio.Queue[CandleUpdate] = asyncio.Queue()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="stream-write")
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="stream-ask")
        self.losses = 0

    async def run(self) -> None:
        """Listen, store and repair until cancelled; then store what was heard and return.

        Raises
        ------
        ConfigurationError
            The set-up is wrong; repeating would not help.
        DataError
            The exchange does not have one of the series.
        """
        try:
            listening = [self._listen(listener, keys) for listener, keys in self._listeners]
            await run_together(*listening, self._write(), self._repair())
        finally:
            await asyncio.shield(self._drain())
            self._asker.shutdown(wait=True, cancel_futures=True)
            self._writer.shutdown(wait=True)

    def freshness(self) -> tuple[SeriesFreshness, ...]:
        """Return how each series is."""
        return tuple(_freshness(key, series) for key, series in self._series.items())

    def is_complete(self, until_ms: int) -> bool:
        """Return whether every candle closed by `until_ms` is stored and confirmed."""
        return all(
            not one.progress.is_broken
            and one.progress.confirmed_ms is not None
            and one.progress.confirmed_ms + key.timeframe.ms > until_ms
            for key, one in self._series.items()
        )

    async def _listen(self, listener: MarketListener, keys: Sequence[SeriesKey]) -> None:
        def hear(update: CandleUpdate) -> None:
            series = self._series[update.key]
            if not series.is_heard:  # what closed before the first word may have been missed
                series.is_heard = series.progress.is_broken = True
            if update.is_closed:
                self._closed.put_nowait(update)

        def lose() -> None:
            self.losses += 1
            for key in keys:
                self._series[key].is_heard = False

        watch = partial(listener.watch_candles, keys, hear)
        await keep_listening(watch, clock=self._clock, lost=lose)

    async def _write(self) -> None:
        while True:
            await self._store_next(await self._closed.get())

    async def _store_next(self, update: CandleUpdate) -> None:
        """Store a closed candle; once begun, a write is finished whatever is cancelled."""
        series, loop = self._series[update.key], asyncio.get_running_loop()
        try:
            await asyncio.shield(loop.run_in_executor(self._writer, self._store_one, update))
        except (TransientError, DataError) as error:
            series.progress.is_broken = True
            _log.warning("candle not stored", series=str(update.key), reason=str(error))
            return
        closed_ms = update.open_ms + update.key.timeframe.ms
        series.delay_s = (to_ms(self._clock.now()) - closed_ms) / 1000
        series.progress.stored(update.open_ms)

    def _store_one(self, update: CandleUpdate) -> None:
        values = dict(zip(OHLCV_COLUMNS, (np.array([v]) for v in update.values), strict=True))
        self._store.write(update.key, make_frame(np.array([update.open_ms], np.int64), values))

    async def _drain(self) -> None:
        while not self._closed.empty():
            await self._store_next(self._closed.get_nowait())

    async def _repair(self) -> None:
        while True:
            now_ms, now_s = to_ms(self._clock.now()), self._clock.monotonic()
            for series in self._series.values():
                if series.resting_until_s <= now_s and series.progress.wants_repair(now_ms):
                    await self._repair_one(series)
            await asyncio.sleep(_LOOK_S)

    async def _repair_one(self, series: _Series) -> None:
        progress = series.progress
        progress.is_broken = False  # from here on, whatever breaks asks for another repair
        asked_ms = to_ms(self._clock.now())
        ask = partial(self._repairer.repair, progress.key, progress.confirmed_ms)
        try:
            report = await asyncio.get_running_loop().run_in_executor(self._asker, ask)
        except TransientError as error:
            progress.is_broken = True
            wait_s = series.backoff.wait_s(error)
            series.resting_until_s = self._clock.monotonic() + wait_s
            _log.warning("repair waits", seconds=round(wait_s, 1), reason=str(error))
            return
        series.backoff.reset()
        series.corrected += report.corrected
        progress.repaired(report.complete_ms, asked_ms)
        if report.inserted:
            _log.info("repaired", series=str(progress.key), inserted=report.inserted)


def _freshness(key: SeriesKey, series: _Series) -> SeriesFreshness:
    next_ms = series.progress.next_ms
    newest = None if next_ms is None else from_ms(next_ms - key.timeframe.ms)
    return SeriesFreshness(
        series=str(key),
        step_s=key.timeframe.minutes * 60,
        is_connected=series.is_heard,
        newest_open_time=newest,
        delay_s=series.delay_s,
        corrected=series.corrected,
    )
