"""An account's fortnight in a real PostgreSQL: trades, equity, refusals, a halt, an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from proratio_core.database import Database
from proratio_tradehub.halts import HaltLedger
from proratio_tradehub.journal import AccountTrade, Kind
from proratio_tradehub.journal.writing import record_entries, record_trades
from proratio_tradehub.reports.curve import EquityCurve
from tests.tradehub.halts.made import order
from tests.tradehub.journal.made import a_trade, an_entry, closed

ACCOUNT = "bot dry_run binance spot"
DAY = date(2024, 3, 14)
NOON = datetime(2024, 3, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_closed(
    number: int, *, hours: float = 0, profit: float = 9.79, **changes: Any
) -> AccountTrade:
    """Return a trade opened `hours` after noon and closed an hour later."""
    opened = NOON + hours * HOUR
    usual = {
        "entry_order_id": f"order-{number}",
        "trade_id": number,
        "opened_at": opened,
        **closed(closed_at=opened + HOUR, profit_quote=profit, profit_frac=profit / 100.0),
    }
    return a_trade(**(usual | changes))


def an_open(number: int, *, hours: float = 0, **changes: Any) -> AccountTrade:
    """Return a trade opened `hours` after noon."""
    usual = {
        "entry_order_id": f"order-{number}",
        "trade_id": number,
        "opened_at": NOON + hours * HOUR,
    }
    return a_trade(**(usual | changes))


def mark_equity(
    database: Database, values: list[float], *, start: datetime = NOON, every: timedelta = HOUR
) -> None:
    """Record equity, one value each `every`."""
    with database.transaction() as cursor:
        for place, value in enumerate(values):
            cursor.execute(
                "INSERT INTO equity_mark VALUES (%s, %s, %s)",
                (ACCOUNT, start + place * every, value),
            )


def curve_of(values: list[float], *, before: float | None = None) -> EquityCurve:
    times = np.datetime64("2024-03-14T12", "ms") + np.arange(len(values)) * np.timedelta64(1, "h")
    highest = max([*values, before or 0.0])
    return EquityCurve(times, np.array(values), before, highest)


def refuse(database: Database, *rules: str) -> None:
    with database.transaction() as cursor:
        for place, rule in enumerate(rules):
            cursor.execute(
                "INSERT INTO refusal (account, strategy, symbol, candle_open_time, rule, reasons, "
                "refused_at) VALUES (%s, 'Trend', 'BTC/USDT', %s, %s, '[]', %s)",
                (ACCOUNT, NOON + place * HOUR, rule, NOON + place * HOUR),
            )


def fill(database: Database) -> None:
    """Record a day on which something of everything happened."""
    record_trades(
        database,
        [
            a_closed(1),
            a_closed(2, hours=2, profit=-4.0, symbol="ETH/USDT"),
            an_open(3, hours=4),
        ],
    )
    mark_equity(database, [1_000.0, 1_010.0, 1_004.0, 1_005.8])
    refuse(database, "heat", "heat", "spread")
    HaltLedger(database).add([replace(order("storm"), at=NOON)])
    record_entries(
        database,
        [an_entry(Kind.INCIDENT, at=NOON + HOUR, document={"what": "the stop <b>was</b> lost"})],
    )
