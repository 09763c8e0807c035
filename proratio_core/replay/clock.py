"""The replay exchange's own time: any moment of the past, at any speed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

__all__ = ["MovedClock", "ReplayClock"]


@dataclass
class ReplayClock:
    """A clock that starts at a chosen moment and runs `speed` times as fast as the wall's.

    Parameters
    ----------
    start
        What it shows when it is made.
    speed
        Its seconds per second of the wall.
    """

    start: datetime
    speed: float = 1.0
    _started_s: float = field(default_factory=time.monotonic, init=False, repr=False)

    def now(self) -> datetime:
        """Return the replayed moment."""
        return self.start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return replayed seconds since the start."""
        return (time.monotonic() - self._started_s) * self.speed

    def sleep(self, seconds: float) -> None:
        """Block until `seconds` have passed in the replay."""
        time.sleep(seconds / self.speed)


class MovedClock:
    """The clock of a process whose time is moved by hand: durations are of the moved time too.

    The machine's own monotonic time goes on while a session in virtual time stands still.
    """

    def now(self) -> datetime:
        """Return the time this process believes it is, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return that time in seconds; it is only ever moved forward."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Return at once: whoever moves the time does so between two loops."""
