"""What the page Lab reads of stored runs; never their trades or their equity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe
from proratio_tradehub.dashboard.lab.runs import RunLine, half_width
from proratio_tradehub.dashboard.launching import StoredCandles
from proratio_tradehub.dashboard.reading import rows

__all__ = ["read_candles", "read_days", "read_runs"]

_RUNS: Final = (
    "SELECT specification_hash, strategy, specification, created_at, simulated, "
    "(metrics->>'profit_frac')::float8, (metrics->>'max_drawdown_frac')::float8, sharpe, "
    "daily_returns, (metrics->>'trades')::int, refusals "
    "FROM backtest_run ORDER BY created_at DESC, id DESC LIMIT %s"
)


def read_runs(
    database: Database, rule_based: Mapping[str, bool], *, most: int
) -> tuple[RunLine, ...]:
    """Return the newest runs, the newest first.

    Parameters
    ----------
    database
        Where they are.
    rule_based
        Name of a profile -> whether its voters are fixed rules.
    most
        No more than so many.
    """
    return tuple(_line(row, rule_based) for row in rows(database, _RUNS, (most,), most=most))


def read_candles(database: Database) -> tuple[StoredCandles, ...]:
    """Return what candles there are to run a backtest on."""
    found: dict[tuple[str, Timeframe], list[Pair]] = {}
    for stored in CandleStore(database).series():
        key = stored.key
        if key.kind is SeriesKind.CANDLE:
            found.setdefault((key.exchange, key.timeframe), []).append(key.pair)
    return tuple(StoredCandles(*of, tuple(sorted(pairs, key=str))) for of, pairs in found.items())


def read_days(
    database: Database, candles: StoredCandles, pairs: Sequence[Pair]
) -> tuple[date, date] | None:
    """Return the first and the last whole day that every pair has candles of; None: there is none.

    Parameters
    ----------
    database
        Where they are.
    candles
        Of which exchange and length.
    pairs
        The pairs, one at least for an answer.
    """
    store = CandleStore(database)
    keys = (SeriesKey(candles.exchange, pair, candles.timeframe) for pair in pairs)
    spans = [span for key in keys if (span := store.span(key)) is not None]
    if not spans:
        return None
    length = timedelta(milliseconds=candles.timeframe.ms)
    first = max(start for start, _ in spans).date()
    last = min(end for _, end in spans) + length - timedelta(days=1)
    return (first, last.date()) if first <= last.date() else None


def _line(row: tuple[Any, ...], rule_based: Mapping[str, bool]) -> RunLine:
    name, strategy, asked, at, simulated, profit, fall, sharpe, daily, trades, refusals = row
    profile = asked.get("profile")
    returns = None if daily is None else np.frombuffer(daily, "<f8")
    return RunLine(
        hash=name,
        strategy=strategy,
        pairs=tuple(asked["pairs"]),
        exchange=asked["exchange"],
        timeframe=asked["timeframe"],
        timerange=asked["timerange"],
        profile=profile,
        parameters=asked.get("parameters", {}),
        created_at=at,
        simulated=simulated,
        rule_based=profile is not None and rule_based.get(profile, False),
        profit_frac=profit,
        max_drawdown_frac=fall,
        sharpe=sharpe,
        sharpe_half=half_width(returns),
        trades=trades or 0,
        refused=sum((refusals or {}).values()),
    )
