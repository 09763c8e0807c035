"""How much of each month of a series is stored. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from proratio_core.candles.store import StoredSeries
from proratio_core.values import SeriesKind

__all__ = ["Freshness", "KnownGap", "MonthRows", "SeriesCoverage"]

_FUNDING_EVERY: Final = timedelta(hours=8)
"""The longest time between two funding payments; exchanges that pay more often have more rows."""


class Freshness(StrEnum):
    """How the newest candle of a series is."""

    CURRENT = "current"
    BEHIND = "behind"
    ENDED = "ended"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class MonthRows:
    """The rows of one calendar month (UTC): how many, and the first and last open time."""

    month: datetime
    rows: int
    first_open_time: datetime
    last_open_time: datetime


@dataclass(frozen=True, slots=True)
class KnownGap:
    """Candles a source was asked for and does not have: their open times, and its reason."""

    series: str
    first_open_time: datetime
    last_open_time: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SeriesCoverage:
    """A series and its months, the oldest first.

    Parameters
    ----------
    stored
        The series.
    months
        Those that have rows.
    """

    stored: StoredSeries
    months: tuple[MonthRows, ...]

    @property
    def step(self) -> timedelta:
        """The time between two rows."""
        if self.stored.key.kind is SeriesKind.FUNDING:
            return _FUNDING_EVERY
        return timedelta(milliseconds=self.stored.key.timeframe.ms)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(month.rows for month in self.months)

    @property
    def missing(self) -> int:
        """How many rows are missing between the first and the last."""
        return sum(max(due - has, 0) for _, has, due in self._monthly())

    @property
    def last_close(self) -> datetime | None:
        """When the newest row was complete; None without any."""
        return self.months[-1].last_open_time + self.step if self.months else None

    def shares(self) -> dict[datetime, float]:
        """Return month -> the share of its rows that is stored, 0 to 1.

        The first and the last month count from and to the first and the last row: a series that
        begins in mid-month lacks nothing. A month in between without any row is 0.
        """
        return {month: min(has / due, 1.0) for month, has, due in self._monthly()}

    def freshness(self, now: datetime) -> Freshness:
        """Return how old the newest row is: an archive that nobody continues has ended."""
        closed = self.last_close
        if closed is None:
            return Freshness.EMPTY
        late = now - closed
        if late <= 2 * self.step:
            return Freshness.CURRENT
        return (
            Freshness.BEHIND if late <= max(50 * self.step, timedelta(days=2)) else Freshness.ENDED
        )

    def _monthly(self) -> Iterator[tuple[datetime, int, int]]:
        """Yield month, rows it has and rows it should have, from the first to the last."""
        if not self.months:
            return
        has = {month.month: month.rows for month in self.months}
        first, last = self.months[0].first_open_time, self.months[-1].last_open_time
        for begin, end in _months(self.months):
            low, high = max(begin, first), min(end, last + self.step)
            yield begin, has.get(begin, 0), max(-((low - high) // self.step), 1)


def _months(known: Sequence[MonthRows]) -> Iterator[tuple[datetime, datetime]]:
    """Yield begin and end of every month from the first to the last."""
    begin = known[0].month
    while begin <= known[-1].month:
        end = (begin + timedelta(days=32)).replace(day=1)
        yield begin, end
        begin = end
