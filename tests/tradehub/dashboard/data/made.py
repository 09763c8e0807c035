"""Series for the page Data, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from proratio_core.candles.store import StoredSeries
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe
from proratio_tradehub.dashboard.data.coverage import MonthRows, SeriesCoverage

HOURLY = StoredSeries(SeriesKey("binance", Pair.parse("BTC/USDT"), Timeframe.H1), 1, 3, 1)
FUNDING = StoredSeries(
    SeriesKey("binance", Pair.parse("BTC/USDT:USDT"), Timeframe.H1, SeriesKind.FUNDING), 2, 1, 1
)


def month(year: int, number: int, rows: int, first: str, last: str) -> MonthRows:
    """Return a month with its first and last open time, written as day and hour: `01 00`."""
    begin = datetime(year, number, 1, tzinfo=UTC)
    return MonthRows(begin, rows, _at(begin, first), _at(begin, last))


def coverage(*months: MonthRows, stored: StoredSeries = HOURLY) -> SeriesCoverage:
    """Return a series with these months."""
    return SeriesCoverage(stored, months)


def _at(begin: datetime, text: str) -> datetime:
    day, hour = map(int, text.split())
    return begin + timedelta(days=day - 1, hours=hour)


WHOLE = coverage(
    month(2024, 2, 24, "29 00", "29 23"),
    month(2024, 3, 743, "01 00", "31 23"),  # one is missing
    month(2024, 5, 10, "01 00", "01 09"),  # April is missing
)
