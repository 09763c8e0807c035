"""A world to look at: what a year of trading leaves in PostgreSQL, the same every time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from proratio_core.database import Database

__all__ = ["PAPER", "fill_world"]

PAPER = "freqtrade dry_run binance spot"
END = datetime(2025, 11, 20, 9, tzinfo=UTC)


def fill_world(url: str) -> None:
    """Fill a fresh database."""
    database = Database(url)
    _fill_equity(database)
    database.close()


def _fill_equity(database: Database) -> None:
    """Add a year of equity, a mark an hour."""
    steps = np.random.default_rng(7).normal(0.00006, 0.0016, 365 * 24)
    equity = 10_000 * np.cumprod(1 + steps)
    start = END - timedelta(hours=len(equity) - 1)
    marks = [(PAPER, start + timedelta(hours=i), float(quote)) for i, quote in enumerate(equity)]
    with database.transaction() as cursor:
        cursor.executemany("INSERT INTO equity_mark VALUES (%s, %s, %s)", marks)
