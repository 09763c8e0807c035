"""A thread reads again when it is time to, sooner where that failed, and disconnects at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_tradehub.strategies.background_reading import BackgroundReading

EVERY_S, AGAIN_S = 100.0, 10.0


def _in_time(what: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not what() and time.monotonic() < until:
        time.sleep(0.01)
    return what()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2024, 3, 1, tzinfo=UTC))


@pytest.fixture
def reading(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[BackgroundReading]:
    settings = Settings(PRORATIO_USER_DATA=tmp_path, DATABASE_URL=database_url)
    reading = BackgroundReading(settings, clock, every_s=EVERY_S, again_s=AGAIN_S)
    yield reading
    reading.close()


def _refreshed(reading: BackgroundReading, read: Callable[[Database], object]) -> None:
    reading.refresh(read)
    assert _in_time(lambda: not reading.is_under_way)


def test_what_was_read_is_good_for_a_while(reading: BackgroundReading, clock: FixedClock) -> None:
    seen: list[Database] = []
    for _ in range(3):
        _refreshed(reading, seen.append)
    assert len(seen) == 1
    clock.sleep(EVERY_S)
    _refreshed(reading, seen.append)
    assert len(seen) == 2
    assert seen[0] is seen[1], "the database is opened once"


def test_after_a_failure_it_is_tried_sooner(reading: BackgroundReading, clock: FixedClock) -> None:
    seen: list[Database] = []

    def fail(_database: Database) -> None:
        raise RuntimeError("the table is not there")

    _refreshed(reading, fail)
    _refreshed(reading, seen.append)
    assert seen == [], "not yet"
    clock.sleep(AGAIN_S)
    _refreshed(reading, seen.append)
    assert len(seen) == 1


def test_nobody_waits_and_nothing_is_asked_twice_meanwhile(reading: BackgroundReading) -> None:
    begun: list[Database] = []
    gate = threading.Event()

    def slow(database: Database) -> None:
        begun.append(database)
        gate.wait(20)

    reading.refresh(slow)
    assert _in_time(lambda: len(begun) == 1)
    reading.refresh(slow)
    assert reading.is_under_way, "it goes on, and nobody waited for it"
    gate.set()
    assert _in_time(lambda: not reading.is_under_way)
    assert len(begun) == 1
