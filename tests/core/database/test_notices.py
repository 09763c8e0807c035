from __future__ import annotations

import asyncio
import time

import pytest

from proratio_core.database import Database, Notices
from proratio_core.errors import TransientError


def notify(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("NOTIFY news")


def test_notice_ends_the_wait_at_once(database: Database) -> None:
    async def hear() -> float:
        with database.dedicated() as connection:
            notices = Notices(connection, "news")
            asyncio.get_running_loop().call_later(0.1, notify, database)
            began = time.monotonic()
            assert await notices.wait(10)
            return time.monotonic() - began

    assert asyncio.run(hear()) < 5


def test_notice_from_before_the_wait_counts_and_counts_once(database: Database) -> None:
    async def hear() -> list[bool]:
        with database.dedicated() as connection:
            notices = Notices(connection, "news")
            notify(database)
            return [await notices.wait(1), await notices.wait(0.05)]

    heard = asyncio.run(hear())
    assert heard == [True, False]


def test_lost_connection_is_a_transient_error(database: Database) -> None:
    async def hear() -> None:
        with database.dedicated() as connection:
            notices = Notices(connection, "news")
            with database.transaction() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
            await notices.wait(5)

    with pytest.raises(TransientError, match="no notices any more"):
        asyncio.run(hear())
