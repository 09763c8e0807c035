"""The equity of an account, from the table `equity_mark`."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from proratio_core.database import Database
from proratio_tradehub.reports.curve import EquityCurve

__all__ = ["read_curve"]


def read_curve(
    database: Database, account: str, *, since: datetime, until: datetime
) -> EquityCurve:
    """Return an account's equity from `since` until before `until`.

    Raises
    ------
    TransientError
        The database is away.
    """
    names = {"account": account, "since": since, "until": until}
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT observed_at, equity_quote FROM equity_mark WHERE account = %(account)s "
            "AND observed_at >= %(since)s AND observed_at < %(until)s ORDER BY observed_at",
            names,
        )
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT (SELECT equity_quote FROM equity_mark WHERE account = %(account)s "
            "AND observed_at < %(since)s ORDER BY observed_at DESC LIMIT 1), "
            "(SELECT max(equity_quote) FROM equity_mark WHERE account = %(account)s "
            "AND observed_at < %(until)s)",
            names,
        )
        before, highest = cursor.fetchone() or (None, None)
    times = np.array([moment.replace(tzinfo=None) for moment, _ in rows], "datetime64[ms]")
    values = np.array([value for _, value in rows], np.float64)
    return EquityCurve(times, values, before, highest or 0.0)
