"""Being told instead of asking again and again: PostgreSQL's LISTEN, for asyncio."""

from __future__ import annotations

import asyncio

import psycopg2
from psycopg2 import extensions

from proratio_core.errors import TransientError

__all__ = ["Notices"]


class Notices:
    """The notices of one channel, heard on a connection of one's own.

    Parameters
    ----------
    connection
        A connection in autocommit that nobody else uses (see `Database.dedicated`).
    channel
        Its name: lower-case letters and underscores.
    """

    def __init__(self, connection: extensions.connection, channel: str) -> None:
        self._connection = connection
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {channel}")

    async def wait(self, timeout_s: float) -> bool:
        """Return whether a notice came within `timeout_s`; what came before counts.

        Raises
        ------
        TransientError
            The connection is lost.
        """
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        descriptor = self._connection.fileno()
        loop.add_reader(descriptor, readable.set)
        try:
            async with asyncio.timeout(timeout_s):
                while not self._take():
                    await readable.wait()
                    readable.clear()
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(descriptor)
        return True

    def _take(self) -> bool:
        """Read what has arrived; return whether there was a notice in it."""
        try:
            self._connection.poll()
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            reason = " ".join(str(error).split())
            raise TransientError(f"PostgreSQL sends no notices any more: {reason}") from error
        heard = bool(self._connection.notifies)
        self._connection.notifies.clear()
        return heard
