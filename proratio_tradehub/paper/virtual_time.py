"""The time of a process, moved by hand: it stands still until somebody lets some of it pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine

__all__ = ["VirtualTime", "virtual_time"]


class VirtualTime:
    """The hand on the clock.

    Parameters
    ----------
    traveller
        Whoever answers in place of the machine's clock.
    """

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller
        self.loops = 0
        """How often time has passed."""

    @property
    def now(self) -> datetime:
        """The virtual time, UTC."""
        return datetime.now(UTC)

    def pass_s(self, seconds: float) -> None:
        """Let seconds pass; some do even when none are asked for."""
        self.loops += 1
        self._traveller.shift(timedelta(seconds=max(seconds, _LEAST_S)))


@contextmanager
def virtual_time(start: datetime) -> Iterator[VirtualTime]:
    """Move this process to `start`, and back when it is done; all its threads go with it.

    Monotonic clocks are the machine's: time-outs of sockets and event loops go on.
    """
    with time_machine.travel(start, tick=False) as traveller:
        yield VirtualTime(traveller)


_LEAST_S = 0.05
"""Of a loop that sleeps for no time at all; it would be asked for ever otherwise."""
