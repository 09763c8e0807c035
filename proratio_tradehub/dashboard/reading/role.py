"""The database role of the dashboard: it may look at everything and change nothing."""

from __future__ import annotations

import logging
from typing import Final

import psycopg2
from psycopg2 import extensions

from proratio_core.database import Database

__all__ = ["VIEWER", "ensure_viewer"]

_log = logging.getLogger(__name__)

VIEWER: Final = "proratio_viewer"
_LOCK: Final = 5_007
"""Two dashboards that start at once must not grant at once: PostgreSQL refuses the second."""


def ensure_viewer(database: Database) -> bool:
    """Make the role and let it read every table, also those that are still to come.

    Parameters
    ----------
    database
        Opened by the owner of the tables.

    Returns
    -------
    bool
        False where the owner may not make roles; then reading is kept to reading by the session
        alone, and somebody may make the role by hand.

    Raises
    ------
    TransientError
        The database is away.
    """
    try:
        with database.transaction() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            _make(cursor)
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {VIEWER}")
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {VIEWER}")
            cursor.execute(
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {VIEWER}"
            )
    except psycopg2.ProgrammingError as error:
        _log.warning("the role %s cannot be made: %s", VIEWER, " ".join(str(error).split()))
        return False
    return True


def _make(cursor: extensions.cursor) -> None:
    """Make the role, without a login: the owner takes it on when a connection begins."""
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", (VIEWER,))
    if cursor.fetchone() == (False,):
        cursor.execute(f"CREATE ROLE {VIEWER} NOLOGIN")
    cursor.execute("SELECT pg_has_role(current_user, %s, 'SET')", (VIEWER,))
    if cursor.fetchone() == (False,):
        cursor.execute(f"GRANT {VIEWER} TO current_user")
