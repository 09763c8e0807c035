"""What a trading process knows of the orders, and that it refuses what it does not know."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import quantiles

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_tradehub.halts.events import Action, Mode
from proratio_tradehub.halts.halt_file import HaltFile
from proratio_tradehub.halts.halts import Halts
from proratio_tradehub.halts.ledger import HaltLedger
from proratio_tradehub.halts.watch import HaltWatch
from tests.tradehub.halts.made import clock, order


@pytest.fixture
def time_of_day() -> FixedClock:
    return clock()


@pytest.fixture
def file(tmp_path: Path) -> HaltFile:
    return HaltFile(tmp_path / "halts.json")


@pytest.fixture
def watch(file: HaltFile, time_of_day: FixedClock) -> HaltWatch:
    return HaltWatch(file, clock=time_of_day)


def test_before_postgresql_was_read_nothing_is_allowed(
    watch: HaltWatch, database: Database
) -> None:
    assert watch.standing().unknown == "the halts in PostgreSQL were not read yet"
    watch.patrol(database)
    assert watch.standing().allows_entries


def test_what_was_read_too_long_ago_is_not_known_any_more(
    watch: HaltWatch, database: Database, time_of_day: FixedClock
) -> None:
    watch.patrol(database)
    time_of_day.sleep(10.0)
    assert watch.standing().allows_entries
    time_of_day.sleep(0.5)
    assert "last read 10 s ago" in watch.standing().unknown


def test_a_database_that_is_lost_is_doubted_at_once(watch: HaltWatch, database: Database) -> None:
    watch.patrol(database)
    watch.lost(TransientError("PostgreSQL did not answer"))
    assert watch.standing().unknown.endswith("cannot be read: PostgreSQL did not answer")
    watch.patrol(database)
    assert watch.standing().allows_entries


@pytest.mark.parametrize("place", ["file", "ledger"])
def test_a_halt_in_either_place_is_seen_and_carried_to_the_other(
    watch: HaltWatch, file: HaltFile, database: Database, place: str
) -> None:
    watch.patrol(database)
    ledger = HaltLedger(database)
    {"file": file, "ledger": ledger}[place].add([order("x")])
    watch.patrol(database)
    assert watch.standing().mode is Mode.HALTED
    assert file.read() == ledger.read() == (order("x"),)


def test_the_file_is_seen_without_a_patrol(
    watch: HaltWatch, file: HaltFile, database: Database
) -> None:
    watch.patrol(database)
    Halts(file, TransientError("away"), clock=clock()).order(Action.HALT, reason="storm", by="me")
    assert watch.standing().mode is Mode.HALTED


def test_a_file_that_is_removed_lifts_nothing(
    watch: HaltWatch, file: HaltFile, database: Database
) -> None:
    watch.order(Action.HALT, reason="storm", by="the program")
    file.path.unlink()
    assert watch.standing().mode is Mode.HALTED
    watch.patrol(database)
    assert [event.reason for event in file.read()] == ["storm"]


def test_a_damaged_file_keeps_entries_out_until_it_is_renewed(
    watch: HaltWatch, file: HaltFile, database: Database
) -> None:
    watch.patrol(database)
    file.path.write_text("{")
    assert "is not readable" in watch.standing().unknown
    watch.patrol(database)
    assert not watch.standing().allows_entries
    Halts(file, HaltLedger(database), clock=clock()).resume(reason="looked at it", by="me")
    assert watch.standing().allows_entries


def test_an_order_of_its_own_holds_at_once_and_is_given_once(
    watch: HaltWatch, file: HaltFile, database: Database
) -> None:
    watch.patrol(database)
    first = watch.order(Action.HALT, reason="drawdown 11 %", by="rule drawdown")
    again = watch.order(Action.HALT, reason="drawdown 12 %", by="rule drawdown")
    assert again == first
    assert watch.standing().restraints == (first,)
    assert file.read() == (first,)
    watch.patrol(database)
    assert HaltLedger(database).read() == (first,)


def test_an_order_holds_in_memory_and_postgresql_when_the_file_cannot_be_written(
    tmp_path: Path, time_of_day: FixedClock, database: Database
) -> None:
    (tmp_path / "state").touch()
    watch = HaltWatch(HaltFile(tmp_path / "state" / "halts.json"), clock=time_of_day)
    event = watch.order(Action.HALT, reason="storm", by="the program")
    assert watch.standing().mode is Mode.HALTED
    watch.patrol(database)
    assert "is not readable" in watch.standing().unknown
    assert HaltLedger(database).read() == (event,)


def test_knowing_costs_microseconds(watch: HaltWatch, database: Database) -> None:
    watch.order(Action.HALT, reason="storm", by="the program")
    watch.patrol(database)
    took_s = []
    for _ in range(2_000):
        began = time.perf_counter()
        watch.standing()
        took_s.append(time.perf_counter() - began)
    assert quantiles(took_s, n=100)[49] < 100e-6  # about 5 µs; the machine may be busy
