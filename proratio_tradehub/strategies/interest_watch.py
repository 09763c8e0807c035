"""The open interest a trading process knows: read again and again, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Final

import pandas as pd

from proratio_core.clock import Clock, SystemClock
from proratio_core.database import Database, open_database
from proratio_core.derivatives import OpenInterestStore
from proratio_core.settings import Settings
from proratio_core.values import SeriesKey, Timerange
from proratio_signals.courier import Courier

__all__ = ["InterestWatch"]

_EVERY_S: Final = 10.0
_REACH: Final = timedelta(hours=25)


class InterestWatch:
    """Open interest by pair, as last read by a thread of its own.

    Parameters
    ----------
    settings
        Where the database is.
    clock
        The time it is.
    """

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._resources = ExitStack()
        self._database: Database | None = None
        self._known: Mapping[str, pd.DataFrame] = MappingProxyType({})
        self._due_s = float("-inf")
        self._is_reading = False
        self._courier = Courier()

    def refresh(self, keys: Sequence[SeriesKey]) -> None:
        """Have it read again when it is time to; nobody waits for it."""
        if self._is_reading or self._clock.monotonic() < self._due_s:
            return
        self._is_reading = True
        self._courier.send(partial(self._read, tuple(keys)))

    def of(self, pair: str) -> pd.DataFrame | None:
        """Return the last day of a pair, as last read; None while nothing was read."""
        return self._known.get(pair)

    def close(self) -> None:
        """Disconnect in the background; nobody waits for it."""
        self._courier.send(self._resources.close)
        self._courier.close()

    def _read(self, keys: Sequence[SeriesKey]) -> None:
        self._due_s = self._clock.monotonic() + _EVERY_S
        try:
            if self._database is None:
                self._database = self._resources.enter_context(open_database(self._settings))
            store = OpenInterestStore(self._database)
            span = Timerange(self._clock.now() - _REACH, None)
            self._known = {str(key.pair): store.read(key.exchange, key.pair, span) for key in keys}
        finally:
            self._is_reading = False
