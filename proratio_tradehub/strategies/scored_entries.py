"""What the entries came to that a panel allowed: read at once, or again and again while trading."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from proratio_core.clock import Clock, SystemClock
from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_core.settings import Settings
from proratio_core.values import SeriesKey
from proratio_signals.profile import Profile
from proratio_signals.scoring.allowed import AllowedEntries, read_allowed
from proratio_tradehub.desk import Costs
from proratio_tradehub.risk import ScoredHistory, ScoredRecord
from proratio_tradehub.strategies.background_reading import BackgroundReading

__all__ = ["ScoredEntries", "scored"]

_EVERY_S: Final = 600.0
_AGAIN_S: Final = 30.0


def scored(entries: AllowedEntries, costs: Costs) -> ScoredRecord:
    """Return what entries came to after the costs of both sides, over time."""
    returns_frac = entries.return_frac - 2.0 * costs.side_frac
    return ScoredRecord.of(entries.resolved_ms, returns_frac)


class ScoredEntries:
    """The scored entries of a trading process, read now and then by a thread of its own.

    Parameters
    ----------
    settings
        Where the database is.
    profile
        Whose votes allow the entries.
    costs
        What one side of a trade costs.
    clock
        The time it is.
    """

    def __init__(
        self, settings: Settings, profile: Profile, costs: Costs, *, clock: Clock | None = None
    ) -> None:
        self._profile = profile
        self._costs = costs
        self._clock = clock or SystemClock()
        self._reading = BackgroundReading(settings, self._clock, every_s=_EVERY_S, again_s=_AGAIN_S)
        self._record: ScoredRecord | None = None

    def refresh(self, keys: Sequence[SeriesKey]) -> None:
        """Have the entries into `keys` read again when it is time to; nobody waits for it."""
        self._reading.refresh(partial(self._read, tuple(keys)))

    def by(self, moment_ms: int) -> ScoredHistory:
        """Return what was known by `moment_ms`, as last read; from memory.

        Raises
        ------
        TransientError
            Nothing could be read yet, so that nobody knows whether there is an edge.
        """
        if self._record is None:
            raise TransientError(
                "what earlier entries came to has not been read yet, and the risk profile sizes "
                "by it; PostgreSQL is slow or away, the next loop tries again"
            )
        return self._record.by(moment_ms)

    def close(self) -> None:
        """Disconnect in the background; nobody waits for it."""
        self._reading.close()

    def _read(self, keys: Sequence[SeriesKey], database: Database) -> None:
        entries = read_allowed(database, self._profile, keys, until=self._clock.now())
        self._record = scored(entries, self._costs)
