"""How what is held and watched moves together, and how much of the account a bad day may cost.

It runs in a process of its own: it reads half a year of candles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from proratio_core.candles import CandleStore
from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_tradehub.dashboard.reading import Access
from proratio_tradehub.journal import AccountTrade, read_trades
from proratio_tradehub.portfolio.correlation import correlations, effective_bets
from proratio_tradehub.portfolio.reading import read_returns
from proratio_tradehub.portfolio.returns import FloatArray, Returns
from proratio_tradehub.portfolio.value_at_risk import TailMethod, TailRisk, tail_risk

__all__ = ["FEWEST_DAYS", "Exposure", "account_tails", "exposure_of", "read_exposure"]

_STATEMENT_LIMIT_MS: Final = 30_000
_LOOK_BACK: Final = timedelta(days=180)
_STALE: Final = timedelta(days=7)
_MOST_PAIRS: Final = 10
_DAY_MS: Final = 86_400_000
FEWEST_DAYS: Final = 50
"""Below this a tail of one day in twenty holds two observations."""

_METHODS: Final = (TailMethod.HISTORICAL, TailMethod.FILTERED)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is held and watched, by its past.

    Parameters
    ----------
    pairs
        Those that are held first, then those that are watched.
    held
        How many of them are held.
    correlations
        Of every two, a row each.
    bets
        How many independent assets they are worth.
    timeframe, candles, until
        On how many candles of which length it rests, and when the last one opened.
    tails
        What the account may lose in a day, by method; none while nothing is held, or of fewer
        than `FEWEST_DAYS`.
    days
        On how many days the tails rest.
    """

    pairs: tuple[str, ...]
    held: int
    correlations: tuple[tuple[float, ...], ...]
    bets: float
    timeframe: str
    candles: int
    until: datetime
    tails: tuple[TailRisk, ...]
    days: int


def read_exposure(
    access: Access, account: str, exchange: str, *, equity_quote: float | None
) -> Exposure:
    """Return the exposure of an account.

    Parameters
    ----------
    access
        How the database is reached.
    account, exchange
        Whose, on whose candles.
    equity_quote
        What the account is worth; None: what it holds is taken for all of it.

    Raises
    ------
    DataError
        No candles are stored, or too few.
    TransientError
        The database is away.
    """
    with access.opened(statement_timeout_ms=_STATEMENT_LIMIT_MS) as database:
        return exposure_of(database, account, exchange, equity_quote=equity_quote)


def exposure_of(
    database: Database, account: str, exchange: str, *, equity_quote: float | None
) -> Exposure:
    """Return the same from a database that is open already."""
    trades = read_trades(database, account, is_open=True)
    held = tuple(dict.fromkeys(trade.symbol for trade in trades))
    keys = _keys(database, exchange, held)
    start = _newest(database, keys) - _LOOK_BACK
    returns = read_returns(database, keys, Timerange(start, None))
    known = [trade for trade in trades if trade.symbol in returns.assets]
    tails, days = account_tails(returns, _weights(known, equity_quote), keys[0].timeframe)
    return Exposure(
        pairs=returns.assets,
        held=sum(name in held for name in returns.assets),
        correlations=tuple(tuple(map(float, row)) for row in correlations(returns)),
        bets=effective_bets(returns),
        timeframe=keys[0].timeframe.value,
        candles=len(returns),
        until=from_ms(int(returns.open_ms[-1])),
        tails=tails,
        days=days,
    )


def account_tails(
    returns: Returns, weights: Mapping[str, float], timeframe: Timeframe
) -> tuple[tuple[TailRisk, ...], int]:
    """Return what a day may cost at 95% by each method, and the days it rests on.

    Parameters
    ----------
    returns
        Candle by candle.
    weights
        Pair -> value held over equity, negative for a short.
    timeframe
        Length of the candles; candles of a day or longer are taken as they are.

    Returns
    -------
    tuple[tuple[TailRisk, ...], int]
        Nothing of tails while nothing is held, or of fewer than 50 days.
    """
    daily = _daily(returns.values, max(_DAY_MS // timeframe.ms, 1))
    if not weights or len(daily) < FEWEST_DAYS:
        return (), len(daily)
    shares = np.array([weights.get(name, 0.0) for name in returns.assets])
    gains = daily @ shares
    return tuple(tail_risk(gains, method) for method in _METHODS), len(daily)


def _daily(values: FloatArray, candles: int) -> FloatArray:
    """Return the returns of whole days, counted back from the newest candle."""
    days = len(values) // candles
    whole = values[len(values) - days * candles :].reshape(days, candles, values.shape[1])
    daily: FloatArray = np.prod(1.0 + whole, axis=1) - 1.0
    return daily


def _weights(trades: Sequence[AccountTrade], equity_quote: float | None) -> dict[str, float]:
    """Return what each pair is of the equity, at the prices of the entries."""
    values: defaultdict[str, float] = defaultdict(float)
    for trade in trades:
        sign = -1 if trade.side == "short" else 1
        values[trade.symbol] += sign * trade.amount * trade.open_rate
    whole = equity_quote or sum(map(abs, values.values())) or 1.0
    return {name: value / whole for name, value in values.items()}


def _keys(database: Database, exchange: str, held: Sequence[str]) -> tuple[SeriesKey, ...]:
    """Return the series to look at: held pairs first, of the length most pairs are stored in."""
    store = CandleStore(database)
    extents = store.extents()
    ends = {
        stored.key: extents[stored.id].last_open_time
        for stored in store.series(exchange=exchange)
        if stored.key.kind is SeriesKind.CANDLE and stored.id in extents
    }
    if not ends:
        raise DataError(
            f"no candles of {exchange} are stored; import or download some (proratio data --help)"
        )
    lengths = Counter(key.timeframe for key in ends)
    length = max(lengths, key=lambda one: (lengths[one], one is Timeframe.H1, -one.ms))
    newest = max(end for key, end in ends.items() if key.timeframe is length)
    current = [
        key for key, end in ends.items() if key.timeframe is length and newest - end <= _STALE
    ]
    current.sort(key=lambda key: (str(key.pair) not in held, str(key.pair)))
    return tuple(current[:_MOST_PAIRS])


def _newest(database: Database, keys: Sequence[SeriesKey]) -> datetime:
    """Return the open time of the newest candle that all of them may have."""
    spans = [CandleStore(database).span(key) for key in keys]
    return min(span[1] for span in spans if span is not None)
