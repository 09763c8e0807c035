"""Entries that the risk rules refused in a period."""

from __future__ import annotations

from proratio_core.database import Database
from proratio_tradehub.reports.period import Period

__all__ = ["read_refused"]


def read_refused(database: Database, account: str, period: Period) -> tuple[tuple[str, int], ...]:
    """Return each rule and how many entries of the account it refused, the most first.

    Raises
    ------
    TransientError
        The database is away.
    """
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT rule, count(*) FROM refusal WHERE account = %s AND refused_at >= %s "
            "AND refused_at < %s GROUP BY rule ORDER BY count(*) DESC, rule",
            (account, period.since, period.until),
        )
        return tuple(cursor.fetchall())
