"""What a trading process reads from PostgreSQL now and then, and nobody waits for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from proratio_core.clock import Clock
from proratio_core.database import Database, open_database
from proratio_core.settings import Settings
from proratio_signals.courier import Courier

__all__ = ["BackgroundReading"]


class BackgroundReading:
    """Reads in a thread of its own, no more often than it has to.

    Parameters
    ----------
    settings
        Where the database is; it is opened when it is first needed.
    clock
        For when it is time.
    every_s
        How long what was read is good.
    again_s
        How soon it is tried again after it failed.
    """

    def __init__(self, settings: Settings, clock: Clock, *, every_s: float, again_s: float) -> None:
        self._settings = settings
        self._clock = clock
        self._every_s = every_s
        self._again_s = again_s
        self._resources = ExitStack()
        self._database: Database | None = None
        self._due_s = float("-inf")
        self._courier = Courier()
        self.is_under_way = False

    def refresh(self, read: Callable[[Database], object]) -> None:
        """Have `read` done when it is time to; nobody waits for it, and its failure is logged."""
        if self.is_under_way or self._clock.monotonic() < self._due_s:
            return
        self.is_under_way = True
        self._courier.send(lambda: self._read(read))

    def close(self) -> None:
        """Disconnect in the background; nobody waits for it."""
        self._courier.send(self._resources.close)
        self._courier.close()

    def _read(self, read: Callable[[Database], object]) -> None:
        began_s = self._clock.monotonic()
        self._due_s = began_s + self._again_s
        try:
            if self._database is None:
                self._database = self._resources.enter_context(open_database(self._settings))
            read(self._database)
            self._due_s = began_s + self._every_s
        finally:
            self.is_under_way = False
