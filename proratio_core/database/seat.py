"""A seat that only one process takes: a lock in PostgreSQL that ends with whoever holds it."""

from __future__ import annotations

import hashlib
import itertools
import logging
import os
import secrets
import socket
from contextlib import ExitStack
from typing import ClassVar, Final

import psycopg2
from psycopg2 import extensions

from proratio_core.database.connection import Database
from proratio_core.errors import TransientError

__all__ = ["Seat"]

_PROCESS: Final = secrets.token_hex(6)
"""What no other process is called."""

_LIVELY: Final = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3; "
    "SET tcp_user_timeout = 15000"
)
"""A process whose machine vanished without a word keeps its seat for some 15 seconds."""

_HOLDER: Final = (
    "SELECT pid, application_name, backend_start FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND classid = %s::bigint::oid "
    "AND objid = %s::bigint::oid "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

_log = logging.getLogger(__name__)
"""The standard library's: it is taken inside Freqtrade, where the host decides how to log."""


class Seat:
    """The one place of that name in a database.

    Within one process the newest of several takes it from the others: so a bot that reloads its
    configuration goes on.

    Parameters
    ----------
    name
        What is to be done by one process at a time.
    remedy
        What a person can do when somebody else does it already.
    """

    _numbers: ClassVar = itertools.count()

    def __init__(self, name: str, *, remedy: str) -> None:
        self._name = name
        self._remedy = remedy
        self._key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        self._number = next(self._numbers)
        self._resources = ExitStack()
        self._connection: extensions.connection | None = None
        self.doubt = f"it is not known yet whether anybody else is {name}"
        """Why it is not certain that the seat is held; empty when it is."""
        self.is_taken = False
        """Whether somebody else has it, as far as is known."""

    def hold(self, database: Database) -> None:
        """Take the seat, or see that it is still held; who has it instead stands in `doubt`.

        Raises
        ------
        TransientError
            The database is away, and the seat with it.
        """
        before = self.doubt
        try:
            if self._connection is None:
                self._take(database)
            else:
                _ask(self._connection, "SELECT 1")
        except psycopg2.Error as error:
            self._rise(f"PostgreSQL cannot say whether anybody else is {self._name}")
            detail = " ".join(str(error).split())
            raise TransientError(f"PostgreSQL did not answer: {detail}") from error
        finally:
            if self.doubt and self.doubt != before:
                _log.critical("%s", self.doubt)

    def leave(self) -> None:
        """Give the seat up."""
        self._rise(f"nobody is {self._name} here any more")

    def _take(self, database: Database) -> None:
        connection = self._resources.enter_context(database.dedicated())
        _ask(connection, _LIVELY)
        _ask(connection, "SELECT set_config('application_name', %s, false)", self._signature)
        if self._is_granted(connection):
            return
        holders = _ask(connection, _HOLDER, self._key % 2**64 >> 32, self._key % 2**32)
        for pid, signature, since in holders:
            number = self._number_of_own(str(signature))
            if number is not None and number < self._number:
                _ask(connection, "SELECT pg_terminate_backend(%s)", pid)
                if self._is_granted(connection, attempts=100):
                    return
            self._rise(self._taken(str(signature), since, is_own=number is not None))
            self.is_taken = True
            return
        self._rise(f"somebody was {self._name} a moment ago")

    def _is_granted(self, connection: extensions.connection, *, attempts: int = 1) -> bool:
        for _ in range(attempts):
            if _ask(connection, "SELECT pg_try_advisory_lock(%s)", self._key)[0][0]:
                self._connection, self.doubt, self.is_taken = connection, "", False
                return True
            if attempts > 1:
                _ask(connection, "SELECT pg_sleep(0.02)")
        return False

    def _taken(self, signature: str, since: object, *, is_own: bool) -> str:
        if is_own:
            return f"another part of this process is {self._name}"
        who = f"process {signature.rsplit(' ', 1)[-1]}, since {since:%Y-%m-%d %H:%M:%S} UTC"
        return f"somebody else is {self._name} already ({who}): {self._remedy}"

    def _rise(self, doubt: str) -> None:
        self._connection, self.doubt, self.is_taken = None, doubt, False
        self._resources.close()

    @property
    def _signature(self) -> str:
        """What the session is called in the server: process, age, and where to find it."""
        place = f"{os.getpid()}@{socket.gethostname()}"
        return f"proratio {_PROCESS} {self._number} {place}"[:63]

    def _number_of_own(self, signature: str) -> int | None:
        """Return the how manieth seat of this process it is; None when it is another one's."""
        match signature.split(" "):
            case ["proratio", process, number, *_] if process == _PROCESS:
                return int(number)
        return None


def _ask(
    connection: extensions.connection, statement: str, *values: object
) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description is not None else []
