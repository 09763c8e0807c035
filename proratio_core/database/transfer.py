"""Every table out as one consistent state, and in again as exactly that.

A table travels as PostgreSQL's binary COPY, ordered by its primary key: equal rows are equal bytes,
so the hash of what was read tells whether what was written is the same. Any server from version 16
on reads what any other wrote, with or without TimescaleDB.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final

import psycopg2
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from proratio_core.database.connection import Database
from proratio_core.database.schema import HEAD, metadata
from proratio_core.errors import ConfigurationError, DataError, SchemaError, TransientError

__all__ = [
    "TableCopy",
    "copy_tables_out",
    "count_rows",
    "hash_tables",
    "load_tables",
    "other_sessions",
]

Opener = Callable[[str], AbstractContextManager[IO[bytes]]]
"""Returns where the copy of the named table is written to, or read from."""

_Progress = Callable[[str, int, int], None]
_LOOK_AGAIN_S: Final = 0.1
_CHUNK_BYTES: Final = 1 << 18
_IDENTITY: Final = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' "
    "AND table_name = %s AND is_identity = 'YES'"
)


@dataclass(frozen=True, slots=True)
class TableCopy:
    """The copy of one table.

    Parameters
    ----------
    name, columns
        What was copied, in this order.
    key
        The columns of the primary key, by which the rows are ordered.
    rows
        How many there are.
    sha256
        Over the bytes of the copy, in hexadecimal.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: int
    sha256: str


class _Hashing:
    """A file that remembers the hash of what went through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return self._file.write(data)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._hash.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class _Nowhere:
    """Where bytes go that only have to be hashed."""

    @staticmethod
    def write(data: bytes) -> int:
        return len(data)


def copy_tables_out(
    database: Database, sink: Opener, *, progress: _Progress = lambda *_: None
) -> tuple[TableCopy, ...]:
    """Copy every table, all as they were at one moment; those that others point to come first.

    Parameters
    ----------
    database
        Migrated to `HEAD`; nobody is kept from writing meanwhile.
    sink
        Where the copy of a table goes.
    progress
        Told the table's name, how many are done, and how many there are.

    Raises
    ------
    TransientError
        The database is away, or copying took longer than its statement limit.
    """
    copies = []
    tables = metadata.sorted_tables
    with database.transaction() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for done, table in enumerate(tables):
            progress(table.name, done, len(tables))
            with sink(table.name) as file:
                copies.append(_copy_out(cursor, _shape(table), file))
    return tuple(copies)


def load_tables(
    database: Database,
    revision: str,
    copies: Sequence[TableCopy],
    source: Opener,
    *,
    progress: _Progress = lambda *_: None,
) -> None:
    """Put copies in the place of all there is, in one transaction, then migrate to `HEAD`.

    Before it commits, every table is copied out again: its hash has to be that of the copy.

    Parameters
    ----------
    database
        Whatever it holds is dropped.
    revision
        The schema the copies were made with.
    copies
        In the order they were made in.
    source
        Where the copy of a table is read from.
    progress
        Told the table's name, how many are done, and how many there are.

    Raises
    ------
    SchemaError
        A newer version of Proratio made the copies.
    DataError
        A copy is damaged, or PostgreSQL refuses it. Nothing has changed.
    TransientError
        The database is away, or somebody uses the tables. Nothing has changed.
    """
    from proratio_core.database.migrations import (  # noqa: PLC0415
        known_revisions,
        migrate,
        rebuild,
    )

    if revision not in known_revisions():
        raise SchemaError(
            f"the copies have schema {revision}, this program knows up to {HEAD}: a newer version "
            "of Proratio made them. Update Proratio"
        )
    with _in_our_words(), database.engine.begin() as connection:
        rebuild(connection, revision)
        for done, copy in enumerate(copies):
            progress(copy.name, done, len(copies))
            with source(copy.name) as file:
                _load(connection, copy, file)
        migrate(connection, "head")


def count_rows(database: Database) -> Mapping[str, int]:
    """Return how many rows each table that has any holds, exactly.

    Raises
    ------
    TransientError
        The database is away.
    """
    with database.transaction() as cursor:
        counts: dict[str, int] = {}
        for table in metadata.sorted_tables:
            cursor.execute(f"SELECT count(*) FROM {table.name}")  # noqa: S608  # our own name
            (counts[table.name],) = cursor.fetchone() or (0,)
        return {name: count for name, count in counts.items() if count}


def hash_tables(database: Database, names: Collection[str]) -> Mapping[str, str]:
    """Return the hash that a copy of each of these tables would have now.

    Raises
    ------
    TransientError
        The database is away.
    """
    with database.transaction() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        shapes = [_shape(metadata.tables[name]) for name in names]
        return {shape.name: _copy_out(cursor, shape, _Nowhere()).sha256 for shape in shapes}


def other_sessions(database: Database, *, patience_s: float = 3.0) -> int:
    """Return how many sessions of Proratio's processes use the database besides this one.

    Parameters
    ----------
    database
        Which; its own idle sessions are closed.
    patience_s
        How long one that is just ending is waited for.

    Raises
    ------
    TransientError
        The database is away.
    """
    database.close()  # our own idle sessions are not somebody else's
    until_s = time.monotonic() + patience_s
    while count := _count_others(database):
        if time.monotonic() >= until_s:
            break
        time.sleep(_LOOK_AGAIN_S)
    return count


def _count_others(database: Database) -> int:
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND application_name LIKE 'proratio%%'",
            (),
        )
        (count,) = cursor.fetchone() or (0,)
        return int(count)


def _shape(table: Table) -> TableCopy:
    columns = tuple(str(column.name) for column in table.columns)
    return TableCopy(str(table.name), columns, tuple(str(c.name) for c in table.primary_key), 0, "")


def _copy_out(cursor: Any, shape: TableCopy, file: Any) -> TableCopy:
    hashing = _Hashing(file)
    select = f"SELECT {', '.join(shape.columns)} FROM {shape.name} ORDER BY {', '.join(shape.key)}"  # noqa: S608  # names from our schema, or checked against the server's
    cursor.copy_expert(f"COPY ({select}) TO STDOUT (FORMAT binary)", hashing, size=_CHUNK_BYTES)
    return TableCopy(shape.name, shape.columns, shape.key, cursor.rowcount, hashing.sha256)


def _load(connection: Connection, copy: TableCopy, file: IO[bytes]) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise TransientError("PostgreSQL's connection was lost; nothing has changed, try again")
    with driver.cursor() as cursor:
        _require_columns(cursor, copy)
        hashing = _Hashing(file)
        statement = f"COPY {copy.name} ({', '.join(copy.columns)}) FROM STDIN (FORMAT binary)"
        cursor.copy_expert(statement, hashing, size=_CHUNK_BYTES)
        if hashing.sha256 != copy.sha256:
            raise DataError(f"the copy of {copy.name} is damaged: its hash is not the recorded one")
        stored = _copy_out(cursor, copy, _Nowhere())
        if stored != copy:
            raise DataError(
                f"{copy.name} holds {stored.rows:,} rows with hash {stored.sha256[:12]}, the copy "
                f"has {copy.rows:,} with {copy.sha256[:12]}; nothing was kept"
            )
        _advance_identity(cursor, copy.name)


def _require_columns(cursor: Any, copy: TableCopy) -> None:
    """Refuse names that are not those of the table, before they become part of a statement."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s",
        (copy.name,),
    )
    known = {name for (name,) in cursor.fetchall()}
    if not known or known != set(copy.columns) or not known >= set(copy.key) or not copy.key:
        raise DataError(
            f"the copy of {copy.name!r} has the columns {', '.join(copy.columns)}, the table of "
            f"that schema has {', '.join(sorted(known)) or 'none'}; the archive was edited"
        )


def _advance_identity(cursor: Any, table: str) -> None:
    """Let the next row get a number of its own."""
    cursor.execute(_IDENTITY, (table,))
    for (column,) in cursor.fetchall():
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, %s), max({column})) "  # noqa: S608
            f"FROM {table} HAVING max({column}) IS NOT NULL",
            (table, column),
        )


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, psycopg2.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        line = " ".join(str(cause).split())
        if isinstance(cause, psycopg2.DataError | psycopg2.IntegrityError):
            raise DataError(f"PostgreSQL refuses the copy: {line}; nothing has changed") from error
        if isinstance(cause, psycopg2.ProgrammingError):
            raise ConfigurationError(
                f"PostgreSQL does not let this user rebuild the tables: {line}; nothing has changed"
            ) from error
        raise TransientError(
            f"PostgreSQL could not take the copy: {line}; nothing has changed. Stop whatever uses "
            "the database, then try again"
        ) from error
