"""The days a report is about, UTC. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

__all__ = ["Period"]

_DAY = timedelta(days=1)
_WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, the first and the last of them.

    Examples
    --------
    >>> Period.week_ended_before(date(2024, 3, 6))
    Period(first=datetime.date(2024, 2, 26), last=datetime.date(2024, 3, 3))
    """

    first: date
    last: date

    @classmethod
    def day(cls, day: date) -> Period:
        """Return one day."""
        return cls(day, day)

    @classmethod
    def week_of(cls, day: date) -> Period:
        """Return the week, Monday to Sunday, that `day` lies in."""
        monday = day - timedelta(days=day.weekday())
        return cls(monday, monday + timedelta(days=_WEEK_DAYS - 1))

    @classmethod
    def week_ended_before(cls, day: date) -> Period:
        """Return the last week that was over when `day` began."""
        return cls.week_of(day - timedelta(days=_WEEK_DAYS))

    @property
    def since(self) -> datetime:
        """The midnight it begins with."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def until(self) -> datetime:
        """The midnight after it."""
        return datetime.combine(self.last + _DAY, time.min, UTC)

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def contains(self, moment: datetime | None) -> bool:
        """Return whether a moment lies in it."""
        return moment is not None and self.since <= moment < self.until

    def __str__(self) -> str:
        return f"{self.first:%F}" if self.days == 1 else f"{self.first:%F} to {self.last:%F}"
