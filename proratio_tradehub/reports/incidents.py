"""What went wrong or was ordered in a period: halts, and what the bots put on record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from proratio_core.database import Database
from proratio_tradehub.journal import JournalEntry, Kind, read_entries
from proratio_tradehub.reports.period import Period

__all__ = ["Incident", "incident_line", "read_incidents"]

_SAID = ("message", "reason", "what", "error")
"""Where a document says in words what happened."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One line of a record: when (UTC), and what; somebody else's words."""

    at: datetime
    what: str


def incident_line(entry: JournalEntry) -> str:
    """Return an incident in one line: the market, and what the record says. Foreign text.

    Examples
    --------
    >>> from datetime import UTC
    >>> incident_line(JournalEntry(event_id="1", account="a", strategy="s", kind=Kind.INCIDENT,
    ...     at=datetime(2024, 1, 1, tzinfo=UTC), symbol="BTC/USDT", document={"message": "lost"}))
    'BTC/USDT lost'
    """
    words = [str(entry.document[name]) for name in _SAID if entry.document.get(name)]
    said = ": ".join(words) or json.dumps(dict(entry.document), default=str)
    return f"{entry.symbol} {said}" if entry.symbol else said


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
