from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_signals.caps import Caps
from proratio_signals.opinions import Action
from proratio_signals.purse import Purse
from proratio_signals.reservations import Reserved
from tests.signals.samples import START, said
from tests.signals.test_reservations import charged_usd, wish

OPINION = said(Action.BUY, 0.9)


def purse_of(database: Database) -> Purse:
    return Purse(database, Caps(5.0), profile_hash="p", clock=FixedClock(START))


def rows(database: Database) -> list[tuple[float, float | None, str | None]]:
    with database.transaction() as cursor:
        cursor.execute("SELECT reserved_usd, settled_usd, outcome FROM spending ORDER BY id")
        return cursor.fetchall()


def test_what_comes_together_is_committed_together(database: Database) -> None:
    async def crowd() -> list[object]:
        purse = purse_of(database)
        return await asyncio.gather(*(purse.reserve(wish(str(n))) for n in range(50)))

    found = asyncio.run(crowd())

    assert all(isinstance(one, Reserved) for one in found)
    with database.transaction() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM spending")
        assert cursor.fetchone() == (1,)


def test_a_reservation_nobody_waits_for_any_more_is_given_back(database: Database) -> None:
    async def impatient() -> None:
        purse = purse_of(database)
        task = asyncio.create_task(purse.reserve(wish()))
        await asyncio.sleep(0)  # it is on its way to the database
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await purse.close()
        assert isinstance(await purse.reserve(wish()), Reserved)  # and may be asked

    asyncio.run(impatient())

    assert rows(database)[0] == (0.10, 0.0, "CANCELLED")
    assert charged_usd(database) == pytest.approx(0.10)


def test_closing_waits_for_what_was_forfeited(database: Database) -> None:
    async def cut_off() -> None:
        purse = purse_of(database)
        found = await purse.reserve(wish())
        assert isinstance(found, Reserved)
        purse.forfeit(found, outcome="CancelledError")
        await purse.close()

    asyncio.run(cut_off())

    assert rows(database) == [(0.10, 0.10, "CancelledError")]


def test_settling_survives_the_cancelling_of_who_waits(database: Database) -> None:
    async def interrupted() -> None:
        purse = purse_of(database)
        found = await purse.reserve(wish())
        assert isinstance(found, Reserved)
        task = asyncio.create_task(purse.settle(found, OPINION, usd=0.01))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await purse.close()

    asyncio.run(interrupted())

    assert rows(database) == [(0.10, 0.01, "OPINION")]


async def _forfeit(purse: Purse, reserved: Reserved) -> None:
    purse.forfeit(reserved, outcome="CancelledError")
    await purse.close()


class Failing(Database):
    """Goes away when told to."""

    away = False

    def transaction(self):  # type: ignore[no-untyped-def]  # noqa: ANN201  # as the parent's
        if self.away:
            raise TransientError("PostgreSQL did not answer")
        return super().transaction()


@pytest.mark.parametrize(
    "end",
    [lambda purse, found: purse.settle(found, OPINION, usd=0.01), _forfeit],
    ids=["settle", "forfeit"],
)
def test_without_the_database_a_reservation_stands_and_nobody_is_stopped(
    database_url: str, end: Callable[[Purse, Reserved], Awaitable[None]]
) -> None:
    database = Failing(database_url)

    async def scene() -> None:
        purse = purse_of(database)
        found = await purse.reserve(wish())
        assert isinstance(found, Reserved)
        database.away = True
        await end(purse, found)
        with pytest.raises(TransientError):
            await purse.reserve(wish("other"))
        database.away = False
        assert isinstance(await purse.reserve(wish("third")), Reserved)

    asyncio.run(scene())

    assert [row[1] for row in rows(database)] == [None, None]
    database.close()
