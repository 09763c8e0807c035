"""The declared schema, the migrations and the program agree."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint

from proratio_core.database import Database
from proratio_core.database.schema import HEAD, metadata
from tests.architecture.source_tree import ROOT

_MIGRATIONS = ROOT / "proratio_core" / "database" / "migrations"


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(_MIGRATIONS)).get_heads() == [HEAD]


def test_migrations_build_exactly_the_declared_schema(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_migrations_build_every_declared_check(database: Database) -> None:
    declared = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    with database.transaction() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c'")
        built = {row[0] for row in cursor.fetchall()}
    assert {name for name in built if name.startswith("ck_")} == declared
