"""The role of the dashboard: it reads every table and can write to none."""

from __future__ import annotations

import psycopg2
import pytest

from proratio_core.database import Database
from proratio_tradehub.dashboard.reading.role import VIEWER, ensure_viewer


def test_viewer_reads_everything_and_writes_nothing(database: Database, database_url: str) -> None:
    assert ensure_viewer(database)
    assert ensure_viewer(database)
    viewer = Database(database_url, session={"role": VIEWER})
    with viewer.statement() as cursor:
        cursor.execute("SELECT count(*) FROM backtest_run")
        assert cursor.fetchone() == (0,)
    with (
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
        viewer.statement() as cursor,
    ):
        cursor.execute("DELETE FROM gap")
    viewer.close()


def test_table_that_comes_later_is_readable_too(database: Database, database_url: str) -> None:
    ensure_viewer(database)
    with database.transaction() as cursor:
        cursor.execute("CREATE TABLE later (number int)")
    viewer = Database(database_url, session={"role": VIEWER})
    with viewer.statement() as cursor:
        cursor.execute("SELECT count(*) FROM later")
        assert cursor.fetchone() == (0,)
    viewer.close()


def test_owner_who_may_not_make_roles_is_told_apart(database: Database, database_url: str) -> None:
    with database.transaction() as cursor:
        cursor.execute("CREATE ROLE humble_owner NOLOGIN")
    humble = Database(database_url, session={"role": "humble_owner"})
    assert not ensure_viewer(humble)
    humble.close()
    with database.transaction() as cursor:
        cursor.execute("DROP ROLE humble_owner")
