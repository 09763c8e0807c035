"""Equity as a trading bot saw it, in PostgreSQL, so that a restart forgets no peak and no loss."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from proratio_core.database import Database
from proratio_tradehub.desk.waiting_rows import WaitingRows

__all__ = ["EquityMarks"]

_EVERY: Final = timedelta(minutes=1)

_Mark = tuple[datetime, float]


class EquityMarks:
    """The marks of one account in the table `equity_mark`, one a minute and one at each new peak.

    Parameters
    ----------
    account
        Whose equity it is.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._waiting: WaitingRows[_Mark] = WaitingRows()
        self._last_at: datetime | None = None
        self._peak_quote = 0.0

    def add(self, now: datetime, equity_quote: float) -> None:
        """Put a mark on its way, unless the last one says enough; never waits."""
        is_due = self._last_at is None or now - self._last_at >= _EVERY
        if is_due or equity_quote > self._peak_quote:
            self._waiting.add((now, equity_quote))
            self._last_at = now
            self._peak_quote = max(self._peak_quote, equity_quote)

    def flush(self, database: Database) -> None:
        """Write what is waiting; what cannot be written waits on.

        Raises
        ------
        TransientError
            The database is away.
        """
        self._waiting.flush(partial(self._write, database))

    def read(self, database: Database, *, since: datetime | None) -> tuple[_Mark, ...]:
        """Return what suffices to write an equity book anew, oldest first.

        That is the first and the highest mark since `since`, and the last mark of each day.

        Raises
        ------
        TransientError
            The database is away.
        """
        with database.transaction() as cursor:
            cursor.execute(
                "WITH known AS (SELECT observed_at, equity_quote FROM equity_mark "
                "WHERE account = %(account)s AND observed_at >= %(since)s), "
                "last_of_day AS (SELECT DISTINCT ON (observed_at::date) * FROM known "
                "ORDER BY observed_at::date, observed_at DESC), "
                "first AS (SELECT * FROM known ORDER BY observed_at LIMIT 1), "
                "highest AS (SELECT * FROM known ORDER BY equity_quote DESC, observed_at LIMIT 1) "
                "SELECT * FROM last_of_day UNION SELECT * FROM first UNION SELECT * FROM highest "
                "ORDER BY observed_at",
                {"account": self._account, "since": since or "-infinity"},
            )
            return tuple((moment, equity) for moment, equity in cursor.fetchall())

    def _write(self, database: Database, marks: Sequence[_Mark]) -> None:
        with database.transaction() as cursor:
            for moment, equity_quote in marks:
                cursor.execute(
                    "INSERT INTO equity_mark (account, observed_at, equity_quote) "
                    "VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                    (self._account, moment, equity_quote),
                )
