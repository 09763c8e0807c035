"""Equity over time: its peak, and what it was when the day, the week and the month began. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["EquityBook"]


@dataclass(slots=True)
class EquityBook:
    """What is remembered of equity, in quote currency; observe it in the order of time.

    After a restart the book is written anew by observing what was recorded.

    Examples
    --------
    >>> from datetime import UTC
    >>> book = EquityBook()
    >>> book.observe(datetime(2024, 1, 1, 22, tzinfo=UTC), 1_100.0)
    >>> book.observe(datetime(2024, 1, 2, 1, tzinfo=UTC), 1_050.0)
    >>> book.peak_quote, book.day_start_quote
    (1100.0, 1100.0)
    """

    peak_quote: float = 0.0
    day_start_quote: float = 0.0
    week_start_quote: float = 0.0
    month_start_quote: float = 0.0
    last_quote: float = 0.0
    last_at: datetime | None = None
    _next_day: datetime | None = None

    def observe(self, now: datetime, equity_quote: float) -> None:
        """Take note of equity at `now`, UTC; a period begins with what was seen last before it."""
        if self._next_day is None:
            self.begin(now, equity_quote)
        elif now >= self._next_day:
            self._turn(now)
        self.peak_quote = max(self.peak_quote, equity_quote)
        self.last_quote = equity_quote
        self.last_at = now

    def begin(self, now: datetime, equity_quote: float) -> None:
        """Forget what was before: peak and every start are the equity of this moment."""
        self.peak_quote = equity_quote
        self.day_start_quote = self.week_start_quote = self.month_start_quote = equity_quote
        self.last_quote = equity_quote
        self.last_at = now
        self._next_day = _midnight_after(now)

    def _turn(self, now: datetime) -> None:
        """Begin the periods that have begun since the last observation."""
        before = self.last_at or now
        self.day_start_quote = self.last_quote
        if before.isocalendar()[:2] != now.isocalendar()[:2]:
            self.week_start_quote = self.last_quote
        if (before.year, before.month) != (now.year, now.month):
            self.month_start_quote = self.last_quote
        self._next_day = _midnight_after(now)


def _midnight_after(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
