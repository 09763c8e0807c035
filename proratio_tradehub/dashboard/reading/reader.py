"""Reading for the dashboard: another role, read-only, few connections, short statements."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Lock
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import psycopg2

from proratio_core.clock import Clock
from proratio_core.database import Database, open_database
from proratio_core.errors import ProratioError, SchemaError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.reading.role import VIEWER, ensure_viewer

__all__ = ["Access", "Reader", "rows"]

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_STATEMENT_LIMIT_MS: Final = 3_000
_MOST_CONNECTIONS: Final = 6
_RETRY_S: Final = 5.0
_MOST_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Access:
    """How another process reads the same database in the same role."""

    url: str = field(repr=False)
    session: tuple[tuple[str, str], ...]

    @contextmanager
    def opened(self, *, statement_timeout_ms: int) -> Iterator[Database]:
        """Yield the database.

        Raises
        ------
        TransientError
            The server is away.
        """
        database = Database(
            self.url,
            statement_timeout_ms=statement_timeout_ms,
            session=dict(self.session),
            most_connections=2,
        )
        try:
            yield database
        finally:
            database.close()


class Reader:
    """The installation's database as the dashboard may use it.

    It is opened when it is first needed, and again after it was away.

    Parameters
    ----------
    settings
        Names the server.
    clock
        For how soon it is tried again.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._stack = ExitStack()
        self._lock = Lock()
        self._database: Database | None = None
        self._problem: ProratioError | None = None
        self._retry_at_s = 0.0
        self.has_own_role = False
        """Whether the server itself keeps this from writing; else only the session does."""

    def read(self, ask: Callable[[Database], _T]) -> _T:
        """Return what `ask` finds.

        Raises
        ------
        SchemaError
            A table or column is not there: the database is half-migrated, or too new.
        TransientError
            The database is away, or took too long.
        """
        database = self._opened()
        try:
            return ask(database)
        except psycopg2.ProgrammingError as error:
            raise SchemaError(
                f"the database lacks something this program reads: {_one_line(error)}. "
                "`proratio doctor` migrates it"
            ) from error
        except psycopg2.Error as error:
            raise TransientError(f"PostgreSQL did not answer: {_one_line(error)}") from error

    def access(self) -> Access:
        """Return how a process of its own reads what this one does.

        Raises
        ------
        TransientError
            The database is away.
        """
        return Access(self._opened().url, tuple(self._session().items()))

    def close(self) -> None:
        """Close every connection; an embedded server stops with the last of its users."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _opened(self) -> Database:
        with self._lock:
            if self._database is not None:
                return self._database
            if self._problem is not None and self._clock.monotonic() < self._retry_at_s:
                raise self._problem
            try:
                self._database = self._open()
            except ProratioError as error:
                self._problem = error
                self._retry_at_s = self._clock.monotonic() + _RETRY_S
                raise
            return self._database

    def _open(self) -> Database:
        """Open the database as its owner, for the time it takes to make the role; then as that."""
        with ExitStack() as stack:
            owner = stack.enter_context(open_database(self._settings))
            self.has_own_role = ensure_viewer(owner)
            reading = Database(
                owner.url,
                statement_timeout_ms=_STATEMENT_LIMIT_MS,
                session=self._session(),
                most_connections=_MOST_CONNECTIONS,
            )
            stack.callback(reading.close)
            self._stack = stack.pop_all()
        return reading

    def _session(self) -> dict[str, str]:
        role = {"role": VIEWER} if self.has_own_role else {}
        return {"default_transaction_read_only": "on", **role}


def rows(
    database: Database,
    query: str,
    values: Sequence[object] | Mapping[str, object] = (),
    *,
    most: int = _MOST_ROWS,
) -> tuple[tuple[Any, ...], ...]:
    """Return the rows of a query, no more than `most` whatever it finds."""
    with database.statement() as cursor:
        cursor.execute(query, values or None)
        return tuple(cursor.fetchmany(most))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
