"""What went wrong or was ordered in a period: halts, and what the bots put on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from proratio_core.database import Database
from proratio_tradehub.journal import Kind, incident_line, read_entries
from proratio_tradehub.reports.period import Period

__all__ = ["Incident", "read_incidents"]


@dataclass(frozen=True, slots=True)
class Incident:
    """One line of a record: when (UTC), and what; somebody else's words."""

    at: datetime
    what: str


def read_incidents(database: Database, account: str, period: Period) -> tuple[Incident, ...]:
    """Return the orders of the installation and the incidents of the account, the oldest first.

    Raises
    ------
    TransientError
        The database is away.
    """
    since, until = period.since, period.until
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT decided_at, action || ' by ' || decided_by || ': ' || reason FROM halt_event "
            "WHERE decided_at >= %s AND decided_at < %s ORDER BY decided_at, id",
            (since, until),
        )
        found = [Incident(at, what) for at, what in cursor.fetchall()]
    for entry in read_entries(database, account, since, until, kinds=(Kind.INCIDENT,)):
        found.append(Incident(entry.at, incident_line(entry)))
    return tuple(sorted(found, key=lambda one: one.at))
