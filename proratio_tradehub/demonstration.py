"""What the demo runs on: a year of real candles when they can be had, else the SIMULATED market."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_core.settings import Settings
from proratio_core.values import SIMULATED, Pair, SeriesKey, Timeframe, Timerange
from proratio_tradehub.backtesting import BacktestRequest

__all__ = ["DemoMarket", "Origin", "demo_request", "prepare_market"]

_STRATEGY: Final = "AIEnhancedTrend"
_EXCHANGE: Final = "binance"
_PAIRS: Final = (Pair("BTC", "USDT"), Pair("ETH", "USDT"))
_TIMEFRAME: Final = Timeframe.H1
_TRADED: Final = Timerange(datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
_STORED_FROM: Final = datetime(2023, 12, 1, tzinfo=UTC)
"""A month earlier, for the indicators to settle and the voters to look back on."""
_STORED_UNTIL: Final = datetime(2025, 1, 2, tzinfo=UTC)
"""A day later, because Freqtrade looks for the candle that opens when the range ends."""


class Origin(StrEnum):
    """Where the demo's candles came from."""

    KEPT = "kept"
    DOWNLOADED = "downloaded"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class DemoMarket:
    """What the demo trades on.

    Parameters
    ----------
    exchange
        Whose candles; `simulated` for the scenario market.
    origin
        Whether they were there, fetched now, or made now.
    reason
        Why they are not real; empty when they are.
    """

    exchange: str
    origin: Origin
    reason: str = ""


def demo_request(market: DemoMarket, *, profile: str, fresh: bool) -> BacktestRequest:
    """Return the demo's backtest on `market`."""
    return BacktestRequest(
        strategy=_STRATEGY,
        exchange=market.exchange,
        pairs=_PAIRS,
        timeframe=_TIMEFRAME,
        timerange=_TRADED,
        profile=profile,
        compare_ungated=True,
        fresh=fresh,
    )


def prepare_market(
    settings: Settings,
    database: Database,
    *,
    clock: Clock,
    fresh: bool,
    progress: Callable[[str, float], None],
) -> DemoMarket:
    """Return the demo's market, its candles in the store.

    Real candles that are stored serve without asking anybody. Else the exchange is asked, and when
    it does not answer the SIMULATED market is generated; a later demo goes on with that one until
    it is told to start afresh.

    Parameters
    ----------
    settings, database, clock
        The installation.
    fresh
        Ask the exchange again although a SIMULATED market is there.
    progress
        Told what is being done, and which part of it is, 0 to 1.
    """
    store = CandleStore(database)
    if _is_stored(store, _EXCHANGE):
        return DemoMarket(_EXCHANGE, Origin.KEPT)
    if not fresh and _is_stored(store, SIMULATED):
        reason = "an earlier demo could not reach the exchange; --fresh tries again"
        return DemoMarket(SIMULATED, Origin.KEPT, reason)
    try:
        _download(settings, database, clock=clock, progress=progress)
    except TransientError as error:
        progress("Generating the SIMULATED market", 0.0)
        store_scenario(store, _PAIRS, (_TIMEFRAME,), timerange=_stored())
        progress("Generating the SIMULATED market", 1.0)
        return DemoMarket(SIMULATED, Origin.GENERATED, str(error))
    return DemoMarket(_EXCHANGE, Origin.DOWNLOADED)


def _is_stored(store: CandleStore, exchange: str) -> bool:
    """Return whether every pair's candles reach over the whole demo."""
    last_open = _STORED_UNTIL - timedelta(minutes=_TIMEFRAME.minutes)
    spans = [store.span(key) for key in _series(exchange)]
    return all(
        span is not None and span[0] <= _STORED_FROM and span[1] >= last_open for span in spans
    )


def _download(
    settings: Settings,
    database: Database,
    *,
    clock: Clock,
    progress: Callable[[str, float], None],
) -> None:
    """Fetch the demo's candles.

    Raises
    ------
    TransientError
        The exchange does not answer, or stopped answering on the way.
    """
    from proratio_core.exchange import reachable  # noqa: PLC0415  # ccxt takes seconds
    from proratio_tradehub.downloading import download_series  # noqa: PLC0415

    stage = f"Downloading candles from {_EXCHANGE}"
    progress(stage, 0.0)
    if not reachable(_EXCHANGE, url=settings.exchange_url):
        raise TransientError(f"{_EXCHANGE} cannot be reached from here")

    def tell(_key: SeriesKey, done: int, expected: int) -> None:
        progress(stage, done / max(expected, 1))

    for _ in download_series(
        _series(_EXCHANGE),
        _stored(),
        settings=settings,
        database=database,
        clock=clock,
        progress=tell,
    ):
        progress(stage, 1.0)


def _stored() -> Timerange:
    return Timerange(_STORED_FROM, _STORED_UNTIL)


def _series(exchange: str) -> tuple[SeriesKey, ...]:
    return tuple(SeriesKey(exchange, pair, _TIMEFRAME) for pair in _PAIRS)
