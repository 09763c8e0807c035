"""What PostgreSQL, Freqtrade's database and the exchange say at rest, read with plain SQL."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import psycopg2

from proratio_core.candles.frame import open_times_ms
from proratio_core.replay import RecordedMarket
from proratio_core.replay.trading import Side, Trader
from tests.soak.report import Breach

_Found = Iterator[tuple[Breach, str]]


def audit_candles(url: str, markets: Iterable[RecordedMarket], *, until_ms: int) -> _Found:
    """Compare every stored candle with the market's, and count them."""
    for market in markets:
        ((timeframe, frame),) = market.candles.items()
        rows = _rows(
            url,
            "SELECT (extract(epoch FROM open_time) * 1000)::bigint, open, high, low, close, volume "
            "FROM candle JOIN series ON series.id = series_id WHERE symbol = %s ORDER BY open_time",
            str(market.pair),
        )
        times = open_times_ms(frame)
        is_due = times + timeframe.ms <= until_ms
        values = frame[["open", "high", "low", "close", "volume"]].to_numpy(np.float64)
        due = {
            int(t): tuple(v) for t, v in zip(times[is_due], values[is_due].tolist(), strict=True)
        }
        stored = {int(t): tuple(float(x) for x in rest) for t, *rest in rows}
        first = min(stored, default=0)
        due = {t: v for t, v in due.items() if t >= first}
        lost, strange = due.keys() - stored.keys(), stored.keys() - due.keys()
        changed = [t for t in due.keys() & stored.keys() if due[t] != stored[t]]
        if lost or strange or changed or len(stored) != len(rows) or not due:
            yield (
                Breach.CANDLES,
                f"{market.pair}: {len(lost)} lost, {len(strange)} strange, {len(changed)} changed, "
                f"{len(rows) - len(stored)} double, of {len(due)}",
            )


def count_candles(url: str) -> int:
    """Return how many are stored."""
    return int(_rows(url, "SELECT count(*) FROM candle")[0][0])


def audit_halts(url: str, trader: Trader) -> _Found:
    """Look for entries accepted while any halt stood, a limit's included, by the recorded times."""
    rows = _rows(url, "SELECT event_id, action, decided_at, lifts FROM halt_event ORDER BY id")
    lifted = {name: at for _, action, at, lifts in rows if action == "resume" for name in lifts}
    spans = [
        (at.timestamp() * 1000, lifted[name].timestamp() * 1000 if name in lifted else np.inf)
        for name, action, at, _ in rows
        if action in {"halt", "reduce-only", "safe-mode"}
    ]
    for order in trader.venue.orders():
        if order.ticket.side is Side.BUY:
            for began, ended in spans:
                if began < order.created_ms < ended:
                    yield Breach.HALTED, f"order {order.id} at {order.created_ms} after {began:.0f}"


def audit_books(trades_file: Path, trader: Trader, markets: Iterable[RecordedMarket]) -> _Found:
    """Compare Freqtrade's trades with what was ordered and is held on the exchange."""
    with closing(sqlite3.connect(trades_file)) as connection:
        orders = connection.execute("SELECT order_id, ft_trade_id FROM orders").fetchall()
        held = connection.execute("SELECT pair, amount FROM trades WHERE is_open").fetchall()
    times = Counter(order_id for order_id, _ in orders)
    yield from (
        (Breach.TWICE, f"order {name} is in {n} rows") for name, n in times.items() if n > 1
    )
    entries: Counter[int] = Counter()
    owner = dict(orders)
    for order in trader.venue.orders():
        if order.filled > 0.0 and str(order.id) not in owner:
            yield Breach.UNKNOWN, f"filled {order.ticket.side} {order.id} belongs to no trade"
        elif order.filled > 0.0 and order.ticket.side is Side.BUY:
            entries[owner[str(order.id)]] += 1
    yield from ((Breach.TWICE, f"trade {t} has {n} entries") for t, n in entries.items() if n > 1)
    for market in markets:
        balance = trader.venue.spot.of(market.pair.base)
        there = balance.free + balance.locked
        known = sum(amount for pair, amount in held if pair == str(market.pair))
        if abs(there - known) > market.rules.amount_step * 2 + 0.003 * known + _dust(market):
            yield Breach.UNKNOWN, f"{there} of {market.pair} is held, {known} is known"


def count_trades(trades_file: Path) -> int:
    """Return how many trades Freqtrade has made."""
    with closing(sqlite3.connect(trades_file)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM trades").fetchone()
    return int(count)


def _dust(market: RecordedMarket) -> float:
    """Return what remains, in the base currency, of positions closed in whole steps."""
    ((_, frame),) = market.candles.items()
    return 10.0 / float(frame["close"].min())


def _rows(url: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchall()
