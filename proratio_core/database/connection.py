"""Connections: transactions with time limits, and a schema that fits the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from functools import cached_property
from threading import BoundedSemaphore

import psycopg2
import psycopg2.errors
from psycopg2 import extensions
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from proratio_core.database.schema import HEAD
from proratio_core.database.server import embedded_server
from proratio_core.errors import ConfigurationError, DataError, SchemaError, TransientError
from proratio_core.settings import Settings

__all__ = ["Database", "open_database"]

_LOCK_TIMEOUT_MS = 5_000
_STATEMENT_TIMEOUT_MS = 300_000
_CONNECT_TIMEOUT_S = 5
_NO_ADDRESS = (
    "DATABASE_URL is not an address of PostgreSQL; after postgresql:// come USER:PASSWORD, then @, "
    "HOST:PORT, / and the database, where in a password @ is written %40, / %2F and % %25. It is "
    "not shown, since it has the password in it"
)


class Database:
    """One PostgreSQL database.

    Parameters
    ----------
    url
        A `postgresql://` URL.
    statement_timeout_ms
        The longest a single statement may run.
    session
        Further settings of the server for every connection; names and values without spaces.
    most_connections
        Who wants one more waits for `statement_timeout_ms` at most; None: nobody waits.
    """

    def __init__(
        self,
        url: str,
        *,
        statement_timeout_ms: int = _STATEMENT_TIMEOUT_MS,
        session: Mapping[str, str] | None = None,
        most_connections: int | None = None,
    ) -> None:
        self._url = url
        settings = {
            "timezone": "UTC",
            "lock_timeout": str(_LOCK_TIMEOUT_MS),
            "statement_timeout": str(statement_timeout_ms),
            **(session or {}),
        }
        self._options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._idle: list[extensions.connection] = []
        self._patience_s = statement_timeout_ms / 1000
        self._places = None if most_connections is None else BoundedSemaphore(most_connections)

    @property
    def url(self) -> str:
        """How another process reaches it; it may hold a password, so it is never shown."""
        return self._url

    @cached_property
    def engine(self) -> Engine:
        """SQLAlchemy's view of the same database, for everything that is small."""
        return create_engine("postgresql+psycopg2://", creator=self._connect, poolclass=NullPool)

    @contextmanager
    def transaction(self) -> Iterator[extensions.cursor]:
        """Yield a cursor; commit when the block ends, roll back when it raises.

        Raises
        ------
        TransientError
            The server is away, a lock was not granted or a statement took too long.
        DataError
            The server refused a value.
        """
        with self._place(), self._lent() as connection, connection, connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def statement(self) -> Iterator[extensions.cursor]:
        """Yield a cursor whose every statement is a transaction of its own.

        That is one round trip where `transaction` takes three, which counts where somebody waits.

        Raises
        ------
        TransientError, DataError
            As for `transaction`.
        """
        with self._place(), self._lent() as connection:
            connection.autocommit = True
            try:
                with connection.cursor() as cursor:
                    yield cursor
            finally:
                if not connection.closed:
                    connection.autocommit = False

    @contextmanager
    def dedicated(self) -> Iterator[extensions.connection]:
        """Yield a connection of one's own in autocommit; what it holds ends with it.

        Raises
        ------
        TransientError
            The server is away.
        """
        connection = self._connect()
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def _place(self) -> AbstractContextManager[None]:
        return nullcontext() if self._places is None else self._taken(self._places)

    @contextmanager
    def _taken(self, places: BoundedSemaphore) -> Iterator[None]:
        if not places.acquire(timeout=self._patience_s):
            raise TransientError(
                f"every connection to PostgreSQL was in use for {self._patience_s:g} s; try again"
            )
        try:
            yield
        finally:
            places.release()

    @contextmanager
    def _lent(self) -> Iterator[extensions.connection]:
        """Yield a connection, and say in our own words what goes wrong with it."""
        try:
            connection = self._idle.pop()
        except IndexError:  # another thread may have taken the last one
            connection = self._connect()
        try:
            yield connection
        except psycopg2.errors.DiskFull as error:
            raise TransientError(
                f"PostgreSQL's disk is full: {_one_line(error)}. Nothing of this write was kept; "
                "free some space and run the command again"
            ) from error
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise TransientError(f"PostgreSQL did not answer: {_one_line(error)}") from error
        except (psycopg2.DataError, psycopg2.IntegrityError) as error:
            raise DataError(f"PostgreSQL refused a value: {_one_line(error)}") from error
        finally:
            if connection.closed:
                self._discard()
            else:
                self._idle.append(connection)

    def close(self) -> None:
        """Close every idle connection."""
        self._discard()

    def _discard(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> extensions.connection:
        try:
            return psycopg2.connect(
                self._url,
                options=self._options,
                connect_timeout=_CONNECT_TIMEOUT_S,
                keepalives_idle=10,  # a server that vanished without a word is missed in 20 s
                keepalives_interval=3,
                keepalives_count=3,
                tcp_user_timeout=20_000,
                application_name="proratio",
            )
        except psycopg2.ProgrammingError:
            raise ConfigurationError(_NO_ADDRESS) from None  # the original has the password in it
        except psycopg2.OperationalError as error:
            if not _is_address(self._url):
                raise ConfigurationError(_NO_ADDRESS) from None  # here, too, or a part of it
            raise TransientError(
                f"PostgreSQL cannot be reached: {_one_line(error)}. Check DATABASE_URL, or unset "
                "it to use the embedded server"
            ) from error


@contextmanager
def open_database(
    settings: Settings, *, statement_timeout_ms: int = _STATEMENT_TIMEOUT_MS
) -> Iterator[Database]:
    """Yield the installation's database, started and migrated to this program's schema.

    Parameters
    ----------
    settings
        Names the server, or the folder of the embedded one.
    statement_timeout_ms
        The longest a single statement may run.

    Raises
    ------
    ConfigurationError
        The embedded server does not start, or the URL is not PostgreSQL's.
    SchemaError
        A newer version of Proratio wrote this database.
    TransientError
        The server cannot be reached.
    """
    with ExitStack() as stack:
        if settings.database_url is None:
            url = stack.enter_context(embedded_server(settings.state_dir / "postgres"))
        else:
            url = settings.database_url.get_secret_value()
            if not url.startswith(("postgresql://", "postgres://")):
                raise ConfigurationError(
                    "DATABASE_URL is not a PostgreSQL URL; write "
                    "postgresql://user:password@host:5432/name"
                )
        with closing(Database(url)) as migrating:  # no session of it stays behind
            ensure_schema(migrating)
        database = Database(url, statement_timeout_ms=statement_timeout_ms)
        stack.callback(database.close)
        yield database


def ensure_schema(database: Database) -> None:
    """Migrate an older or empty database to `HEAD`; refuse a newer one.

    Raises
    ------
    SchemaError
        The database carries a revision this program does not know.
    """
    revision = _revision(database)
    if revision == HEAD:
        return
    from proratio_core.database.migrations import known_revisions, upgrade  # noqa: PLC0415

    if revision is not None and revision not in known_revisions():
        raise SchemaError(
            f"the database has schema {revision}, this program knows up to {HEAD}: a newer "
            "version of Proratio wrote it. Update Proratio, or point DATABASE_URL elsewhere"
        )
    upgrade(database.engine)


def _revision(database: Database) -> str | None:
    with database.transaction() as cursor:
        cursor.execute("SELECT to_regclass('alembic_version') IS NOT NULL")
        row = cursor.fetchone()
        if row is None or not row[0]:
            return None
        cursor.execute("SELECT version_num FROM alembic_version")
        row = cursor.fetchone()
        return None if row is None else str(row[0])


def _is_address(url: str) -> bool:
    """Return whether no part of a password was read as host, port or name of the database."""
    parts = extensions.parse_dsn(url)
    ports = parts.get("port", "").split(",")
    named = (parts.get("host", ""), parts.get("dbname", ""))
    return all(not port or port.isdigit() for port in ports) and not any(
        "@" in name.removeprefix("@") for name in named
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
