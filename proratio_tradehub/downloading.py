"""From an exchange into the store: which series a download means, and fetching them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta

from proratio_core.candles import CandleStore
from proratio_core.candles.collector import CollectionReport, Collector
from proratio_core.candles.gaps import GapLedger
from proratio_core.candles.patience import Patience
from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.exchange import CcxtSource, save_rules
from proratio_core.settings import Settings
from proratio_core.values import Market, Pair, SeriesKey, SeriesKind, Timeframe, Timerange

__all__ = ["default_timerange", "download_series", "series_of"]

_FUNDING_TIMEFRAME = Timeframe.H1
"""Freqtrade reads mark prices and funding rates of perpetuals from hourly files."""

_FIRST_ATTEMPTS = 3
"""An exchange that does not answer at all is given up within seconds, not after minutes."""

_DEFAULT_SPAN = timedelta(days=365)

Progress = Callable[[SeriesKey, int, int], None]


def series_of(
    exchange: str, pairs: Sequence[Pair], timeframes: Sequence[Timeframe]
) -> tuple[SeriesKey, ...]:
    """Return the series a backtest of `pairs` needs; perpetuals also need mark prices and funding.

    Parameters
    ----------
    exchange
        Lower-case ccxt id.
    pairs, timeframes
        Every pair in every timeframe.
    """
    keys = [SeriesKey(exchange, pair, timeframe) for pair in pairs for timeframe in timeframes]
    keys += [
        SeriesKey(exchange, pair, _FUNDING_TIMEFRAME, kind)
        for pair in pairs
        if pair.market is Market.PERPETUAL
        for kind in (SeriesKind.MARK, SeriesKind.FUNDING)
    ]
    return tuple(dict.fromkeys(keys))


def default_timerange(store: CandleStore, key: SeriesKey, *, clock: Clock) -> Timerange:
    """Return from the first stored candle on, or the last year of a series that is new."""
    span = store.span(key)
    return Timerange(clock.now() - _DEFAULT_SPAN if span is None else span[0], None)


def download_series(
    keys: Sequence[SeriesKey],
    timerange: Timerange | None,
    *,
    settings: Settings,
    database: Database,
    clock: Clock,
    progress: Progress,
) -> Iterator[CollectionReport]:
    """Yield a report after each series is up to date; every page on the way is kept.

    Parameters
    ----------
    keys
        Series of one exchange.
    timerange
        Open times wanted; None means `default_timerange`.
    settings
        Says which server stands in for the exchange, if any.
    database, clock
        Where candles go; what time it is.
    progress
        Told the series, the candles done and the candles expected after each page.

    Raises
    ------
    ConfigurationError
        There is no such exchange.
    DataError
        The exchange does not trade a pair; nothing was fetched.
    TransientError
        The exchange failed too often in a row; what was fetched before is kept.
    """
    url = settings.exchange_url
    store = CandleStore(database)
    with closing(CcxtSource(keys[0].exchange, clock=clock, url=url)) as source:
        at_first = Patience(clock, attempts=_FIRST_ATTEMPTS)
        rules = at_first.call(lambda: source.rules({key.pair for key in keys}))
        if url is None:  # a replay only repeats what was known
            save_rules(database, keys[0].exchange, rules)
        collector = Collector(source, store, GapLedger(database), clock, Patience(clock))
        for key in keys:
            wanted = timerange or default_timerange(store, key, clock=clock)

            def tell(done: int, expected: int, *, key: SeriesKey = key) -> None:
                progress(key, done, expected)

            yield collector.collect(key, wanted, progress=tell)
