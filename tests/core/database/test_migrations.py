"""Migrations: from nothing to the newest, once, whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from proratio_core.database import Database
from proratio_core.database.migrations import known_revisions, upgrade
from proratio_core.database.schema import HEAD, metadata


def _empty(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def _tables(database: Database) -> set[str]:
    with database.transaction() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in cursor.fetchall()}


def test_the_newest_revision_is_known() -> None:
    assert HEAD in known_revisions()


def test_upgrade_of_an_empty_database_makes_every_table(database: Database) -> None:
    _empty(database)
    upgrade(database.engine)
    assert _tables(database) == {*metadata.tables, "alembic_version"}


def test_upgrade_of_a_current_database_changes_nothing(database: Database) -> None:
    before = _tables(database)
    upgrade(database.engine)
    assert _tables(database) == before


def test_two_callers_that_migrate_at_once_do_it_once(database: Database) -> None:
    _empty(database)
    with ThreadPoolExecutor(2) as pool:
        for other in [pool.submit(upgrade, database.engine) for _ in range(2)]:
            other.result()
    with database.transaction() as cursor:
        cursor.execute("SELECT version_num FROM alembic_version")
        assert cursor.fetchall() == [(HEAD,)]
