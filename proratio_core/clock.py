"""Where the time comes from: passed in, never read from a global."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "FixedClock", "SystemClock", "from_ms", "in_utc", "to_ms"]


class Clock(Protocol):
    """The wall time, the monotonic time, and waiting."""

    def now(self) -> datetime:
        """Return the wall time, timezone-aware UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards, for measuring durations."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's wall time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block for `seconds`."""
        time.sleep(seconds)


@dataclass(slots=True)
class FixedClock:
    """A clock that moves only when told to; sleeping moves it.

    Examples
    --------
    >>> clock = FixedClock(datetime(2024, 1, 1, tzinfo=UTC))
    >>> clock.sleep(60)
    >>> clock.now().isoformat()
    '2024-01-01T00:01:00+00:00'
    """

    time: datetime
    slept_s: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the time this clock was set to."""
        return self.time

    def monotonic(self) -> float:
        """Return the set time as seconds."""
        return self.time.timestamp()

    def sleep(self, seconds: float) -> None:
        """Advance by `seconds` and remember that it was asked."""
        self.slept_s.append(seconds)
        self.time += timedelta(seconds=seconds)


def in_utc(moment: datetime) -> datetime:
    """Return a moment that is of UTC and may not say so, as dates in databases; it says so then."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def to_ms(moment: datetime) -> int:
    """Return `moment` as integer milliseconds since the Unix epoch."""
    return round(moment.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """Return the UTC moment `milliseconds` after the Unix epoch."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
