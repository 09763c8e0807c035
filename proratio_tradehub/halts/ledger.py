"""The orders in PostgreSQL: shared by every machine of an installation, and never changed."""

from __future__ import annotations

from collections.abc import Iterable

from proratio_core.database import Database
from proratio_tradehub.halts.events import Action, HaltEvent

__all__ = ["HaltLedger"]


class HaltLedger:
    """The table `halt_event`.

    Parameters
    ----------
    database
        Where it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> tuple[HaltEvent, ...]:
        """Return every order, in the sequence they were recorded.

        Raises
        ------
        TransientError
            The database is away.
        """
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT event_id, action, reason, decided_by, decided_at, lifts "
                "FROM halt_event ORDER BY id"
            )
            return tuple(
                HaltEvent(name, Action(action), reason, by, at, tuple(lifts))
                for name, action, reason, by, at, lifts in cursor.fetchall()
            )

    def add(self, events: Iterable[HaltEvent]) -> None:
        """Record those orders that are not recorded yet.

        Raises
        ------
        TransientError
            The database is away.
        """
        with self._database.transaction() as cursor:
            for event in events:
                cursor.execute(
                    "INSERT INTO halt_event (event_id, action, reason, decided_by, decided_at, "
                    "lifts) VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (event_id) DO NOTHING",
                    (
                        *(event.id, event.action.value, event.reason, event.by, event.at),
                        list(event.lifts),
                    ),
                )
