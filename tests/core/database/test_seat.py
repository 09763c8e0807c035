"""One at a time, for as long as it lives."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from proratio_core.database import Database, Seat
from proratio_core.errors import TransientError

_ELSEWHERE = """
import sys, time
from proratio_core.database import Database, Seat
seat = Seat("trading as bot", remedy="")
seat.hold(Database(sys.argv[1]))
print(seat.doubt or "held", flush=True)
time.sleep(600)
"""


def a_seat(name: str = "trading as bot") -> Seat:
    return Seat(name, remedy="give each bot a name of its own")


@pytest.fixture
def elsewhere(database_url: str) -> Iterator[subprocess.Popen[str]]:
    """Yield another process that holds the seat."""
    process = subprocess.Popen(
        [sys.executable, "-c", _ELSEWHERE, database_url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def taken_soon(seat: Seat, database: Database, *, doubt: str = "") -> None:
    until = time.monotonic() + 20
    while seat.doubt != doubt:
        assert time.monotonic() < until, seat.doubt
        time.sleep(0.02)
        hold(seat, database)


def hold(seat: Seat, database: Database) -> None:
    try:
        seat.hold(database)
    except TransientError:
        assert seat.doubt


def test_seat_is_doubted_until_it_is_taken_and_when_it_was_left(database: Database) -> None:
    seat = a_seat()
    assert "not known yet" in seat.doubt
    seat.hold(database)
    seat.hold(database)
    assert seat.doubt == ""
    seat.leave()
    assert "any more" in seat.doubt
    seat.hold(database)
    assert seat.doubt == ""
    seat.leave()


def test_another_process_is_named_with_the_remedy_and_the_seat_is_free_when_it_was_killed(
    database: Database, elsewhere: subprocess.Popen[str], caplog: pytest.LogCaptureFixture
) -> None:
    seat = a_seat()
    for _ in range(3):
        seat.hold(database)
    assert f"process {elsewhere.pid}@" in seat.doubt
    assert seat.doubt.endswith("give each bot a name of its own")
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]  # once
    other = a_seat("trading as another")
    other.hold(database)
    assert other.doubt == ""
    other.leave()
    elsewhere.kill()
    taken_soon(seat, database)
    seat.leave()


def test_of_one_process_the_newest_takes_it_and_keeps_it(database: Database) -> None:
    older, newer = a_seat(), a_seat()
    older.hold(database)
    taken_soon(newer, database)
    taken_soon(older, database, doubt="another part of this process is trading as bot")
    newer.hold(database)
    assert newer.doubt == ""
    newer.leave()
    taken_soon(older, database)
    older.leave()


def test_seat_is_lost_with_the_database_and_taken_again_when_it_is_back(
    database: Database, make_idle: Callable[[], None]
) -> None:
    seat = a_seat()
    seat.hold(database)
    make_idle()
    with pytest.raises(TransientError, match="did not answer"):
        seat.hold(database)
    assert "cannot say" in seat.doubt
    taken_soon(seat, database)
    seat.leave()


@pytest.fixture
def make_idle(database: Database) -> Callable[[], None]:
    """Return what ends every session but the caller's own."""

    def end() -> None:
        with database.transaction() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    return end
