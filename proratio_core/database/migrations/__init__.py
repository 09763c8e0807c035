"""Alembic, without a configuration file: the schema's history and the way to the newest."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

__all__ = ["known_revisions", "migrate", "rebuild", "upgrade"]

_LOCK = 7_205_759_403
"""Any number of our own: one process migrates, the others wait."""


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, in one transaction."""
    with engine.begin() as connection:
        migrate(connection, "head")


def migrate(connection: Connection, revision: str) -> None:
    """Bring the database to a later revision, inside the transaction of `connection`."""
    command.upgrade(_on(connection), revision)


def rebuild(connection: Connection, revision: str) -> None:
    """Drop every table of ours and build those of `revision`, inside the caller's transaction."""
    config = _on(connection)
    command.downgrade(config, "base")
    command.upgrade(config, revision)


def known_revisions() -> frozenset[str]:
    """Return every revision this program can migrate from."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(script.revision for script in scripts.walk_revisions())


def _on(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection that alone migrates."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = _config()
    config.attributes["connection"] = connection
    return config


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
