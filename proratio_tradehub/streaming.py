"""Real-time data of one exchange, put together: one process, one health file, one lock."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import fasteners

from proratio_core.candles import CandleStore, GapLedger
from proratio_core.candles.collector import Collector
from proratio_core.candles.patience import Patience
from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.derivatives import OpenInterestStore
from proratio_core.errors import ConfigurationError
from proratio_core.exchange import CcxtSource
from proratio_core.exchange.listener import MarketListener
from proratio_core.settings import Settings
from proratio_core.streaming import (
    CandleStream,
    InterestStream,
    Repairer,
    StreamHealth,
    TapePlan,
    TapeStore,
    TapeStream,
    run_together,
    stream_health_file,
)
from proratio_core.values import Market, SeriesKey

__all__ = ["StreamedMarkets", "stream_markets"]

_FIRST_ATTEMPTS: Final = 3
_REPORT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class StreamedMarkets:
    """What is streamed: series of one exchange, and the trades and books of their pairs."""

    keys: tuple[SeriesKey, ...]
    tape: TapePlan

    @property
    def exchange(self) -> str:
        """Whose they are."""
        return self.keys[0].exchange


async def stream_markets(
    markets: StreamedMarkets,
    *,
    settings: Settings,
    database: Database,
    clock: Clock,
    stop: asyncio.Event,
    report: Callable[[StreamHealth], None],
) -> StreamHealth:
    """Stream until `stop` is set; return the last report.

    Parameters
    ----------
    markets
        What is wanted.
    settings
        Says which server stands in for the exchange, if any, and where the health file is.
    database, clock
        Where data goes; what time it is.
    stop
        Set to end in good order.
    report
        Told how the stream is every two seconds.

    Raises
    ------
    ConfigurationError
        Another process streams this exchange, or its streams are not supported.
    DataError
        The exchange does not have a series.
    TransientError
        The exchange did not answer at the start. Later failures are waited out.
    """
    source = CcxtSource(markets.exchange, clock=clock, url=settings.exchange_url)
    with _alone(settings, markets.exchange), closing(source):
        await source.listening_client().close()  # refused here, before anything is asked
        at_first = Patience(clock, attempts=_FIRST_ATTEMPTS)
        await asyncio.to_thread(_require, source, markets.keys, at_first)
        async with _listeners(source, markets.keys, clock) as listeners:
            candles = _candle_stream(source, listeners, database, clock)
            pairs = [(one, tuple({key.pair: None for key in keys})) for one, keys in listeners]
            tape = TapeStream(
                pairs, TapeStore(database, markets.exchange), markets.tape, clock=clock
            )
            reporter = _Reporter(
                markets.exchange, candles, settings=settings, clock=clock, report=report
            )
            try:
                with _interest(
                    markets, source, url=settings.exchange_url, database=database, clock=clock
                ) as interest:
                    await run_together(
                        candles.run(), tape.run(), *interest, reporter.run(), _until(stop)
                    )
            finally:
                reporter.end()
            return reporter.health()


class _Reporter:
    """Writes the health file while the stream runs."""

    def __init__(
        self,
        exchange: str,
        candles: CandleStream,
        *,
        settings: Settings,
        clock: Clock,
        report: Callable[[StreamHealth], None],
    ) -> None:
        self._exchange, self._candles, self._clock = exchange, candles, clock
        self._file, self._report = stream_health_file(settings, exchange), report
        self._started_at = clock.now()

    def health(self) -> StreamHealth:
        """Return how the stream is."""
        return StreamHealth(
            exchange=self._exchange,
            pid=os.getpid(),
            started_at=self._started_at,
            updated_at=self._clock.now(),
            losses=self._candles.losses,
            series=self._candles.freshness(),
        )

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            health = self.health()
            await asyncio.to_thread(self._file.write, health)
            self._report(health)
            await asyncio.sleep(_REPORT_S)

    def end(self) -> None:
        """Say that the stream ended well."""
        self._file.remove()


@contextmanager
def _interest(
    markets: StreamedMarkets,
    source: CcxtSource,
    *,
    url: str | None,
    database: Database,
    clock: Clock,
) -> Iterator[list[Coroutine[Any, Any, None]]]:
    """Yield what collects open interest; nothing where no perpetual is streamed."""
    pairs = tuple({key.pair: None for key in markets.keys if key.market is Market.PERPETUAL})
    if not pairs:
        yield []
        return
    with closing(
        CcxtSource(markets.exchange, clock=clock, url=url)
    ) as own:  # of its own thread; a ban of one is a ban of both
        own.silence = source.silence
        stream = InterestStream(
            own.open_interest,
            OpenInterestStore(database),
            exchange=markets.exchange,
            pairs=pairs,
            clock=clock,
        )
        yield [stream.run()]


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()


def _require(source: CcxtSource, keys: Sequence[SeriesKey], patience: Patience) -> None:
    for key in keys:
        patience.call(lambda key=key: source.require(key))  # type: ignore[misc]


def _candle_stream(
    source: CcxtSource,
    listeners: Sequence[tuple[MarketListener, Sequence[SeriesKey]]],
    database: Database,
    clock: Clock,
) -> CandleStream:
    store = CandleStore(database)
    patience = Patience(clock, attempts=1)  # the stream waits itself, so that it can be stopped
    collector = Collector(source, store, GapLedger(database), clock, patience)
    repairer = Repairer(source, collector, store, clock)
    return CandleStream(listeners, repairer, store=store, clock=clock)


@asynccontextmanager
async def _listeners(
    source: CcxtSource, keys: Sequence[SeriesKey], clock: Clock
) -> AsyncIterator[list[tuple[MarketListener, tuple[SeriesKey, ...]]]]:
    made: list[tuple[MarketListener, tuple[SeriesKey, ...]]] = []
    try:
        for market in Market:
            chosen = tuple(key for key in keys if key.market is market)
            if chosen:
                made.append((MarketListener(source, clock=clock), chosen))
        yield made
    finally:
        for listener, _ in made:
            await listener.close()


@contextmanager
def _alone(settings: Settings, exchange: str) -> Iterator[None]:
    path = settings.state_dir / f"stream-{exchange}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = fasteners.InterProcessLock(path)
    if not lock.acquire(blocking=False):
        lock.lockfile.close()  # fasteners leaves it open for another attempt
        raise ConfigurationError(
            f"another process already streams {exchange} into this installation; stop it, and "
            "name all pairs and timeframes in one command"
        )
    try:
        yield
    finally:
        lock.release()
