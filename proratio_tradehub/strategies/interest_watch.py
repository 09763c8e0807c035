"""The open interest a trading process knows: read again and again, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Final

import pandas as pd

from proratio_core.clock import Clock, SystemClock
from proratio_core.database import Database
from proratio_core.derivatives import OpenInterestStore
from proratio_core.settings import Settings
from proratio_core.values import SeriesKey, Timerange
from proratio_tradehub.strategies.background_reading import BackgroundReading

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
        self._clock = clock or SystemClock()
        self._reading = BackgroundReading(settings, self._clock, every_s=_EVERY_S, again_s=_EVERY_S)
        self._known: Mapping[str, pd.DataFrame] = MappingProxyType({})

    def refresh(self, keys: Sequence[SeriesKey]) -> None:
        """Have it read again when it is time to; nobody waits for it."""
        self._reading.refresh(partial(self._read, tuple(keys)))

    def of(self, pair: str) -> pd.DataFrame | None:
        """Return the last day of a pair, as last read; None while nothing was read."""
        return self._known.get(pair)

    def close(self) -> None:
        """Disconnect in the background; nobody waits for it."""
        self._reading.close()

    def _read(self, keys: Sequence[SeriesKey], database: Database) -> None:
        store, span = OpenInterestStore(database), Timerange(self._clock.now() - _REACH, None)
        self._known = {str(key.pair): store.read(key.exchange, key.pair, span) for key in keys}
