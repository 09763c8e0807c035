"""Databases that tests borrow: emptied between two of them, which takes milliseconds, not tenths.

A borrowed database has the schema of the template, no rows, sequences at their starts, and a name
that no test had before: whoever still writes to an earlier test's database finds none. One whose
schema a test has changed is thrown away.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import psycopg2
from psycopg2 import extensions

from proratio_core.database import open_database
from proratio_core.settings import Settings

_TEMPLATE: Final = "template_proratio"

_SCHEMA: Final = """
    SELECT md5(string_agg(part, ',' ORDER BY part)), (SELECT string_agg(v, '') FROM
        (SELECT version_num FROM public.alembic_version) AS versions(v)) FROM (
    SELECT format('%s %s %s %s', attrelid::regclass, attname, atttypid, attnotnull)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT format('%s %s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT format('%s %s', conrelid::regclass, conname) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT format('%s %s', oid::regprocedure, md5(prosrc)) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT format('%s %s', setrole, setconfig) FROM pg_db_role_setting
    ) AS parts(part)
"""
_CUT: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
_REWIND: Final = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


class DatabasePool:
    """The databases of one server.

    Parameters
    ----------
    server_url
        Names any database of the server, with the right to make others.
    """

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._free: list[str] = []
        self._administer(f"CREATE DATABASE {_TEMPLATE}")
        with open_database(Settings(DATABASE_URL=self._url(_TEMPLATE))):
            pass
        with self._connected(_TEMPLATE) as cursor:
            cursor.execute(_SCHEMA)
            self._schema = cursor.fetchone()
            cursor.execute(
                "SELECT array_agg(quote_ident(tablename)::text) FROM pg_tables "
                "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
            (self._tables,) = cursor.fetchone() or ([],)

    @contextmanager
    def borrowed(self) -> Iterator[str]:
        """Yield the URL of an empty, migrated database that is this borrower's own."""
        name = self._free.pop() if self._free else self._make()
        yield self._url(name)
        renamed = _new_name()
        try:
            self._administer(_CUT.format(name), f"ALTER DATABASE {name} RENAME TO {renamed}")
            self._empty(renamed)
        except psycopg2.Error:  # what cannot be emptied is not used again
            self._administer(
                *(f"DROP DATABASE IF EXISTS {n} WITH (FORCE)" for n in (name, renamed))
            )
        else:
            self._free.append(renamed)

    def _make(self) -> str:
        name = _new_name()
        self._administer(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return name

    def _empty(self, name: str) -> None:
        """Empty a database; raise `psycopg2.Error` if it is not as the template then."""
        with self._connected(name) as cursor:
            cursor.execute(_SCHEMA)
            if cursor.fetchone() != self._schema:
                raise psycopg2.DatabaseError(f"the schema of {name} is not the template's any more")
            cursor.execute("SET session_replication_role = replica")  # append-only ones forget, too
            rows = (f"CASE WHEN EXISTS (TABLE {t}) THEN '{t}' END" for t in self._tables)
            cursor.execute(f"SELECT array_remove(ARRAY[{', '.join(rows)}], NULL)")
            (used,) = cursor.fetchone() or ([],)
            if used:
                cursor.execute(f"TRUNCATE {', '.join(used)} CASCADE")
            cursor.execute(_REWIND)

    @contextmanager
    def _connected(self, name: str) -> Iterator[extensions.cursor]:
        options = "-c statement_timeout=30s"
        with closing(psycopg2.connect(self._url(name), options=options)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor

    def _url(self, name: str) -> str:
        head, _, query = self._server_url.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{name}?{query}"

    def _administer(self, *statements: str) -> None:
        with closing(psycopg2.connect(self._server_url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)


def _new_name() -> str:
    return f"test_{uuid.uuid4().hex}"
