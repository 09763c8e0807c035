from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_signals.calls import Call, Settlement
from proratio_signals.caps import Caps, Refused
from proratio_signals.opinions import AbstentionKind, Action, Answer
from proratio_signals.reservations import (
    Found,
    Lost,
    Paid,
    Reservations,
    Reserved,
    UnderWay,
    settlement_of,
)
from tests.signals.samples import START, said
from tests.signals.wrappers.scripted import failed

OPINION = said(Action.BUY, 0.9)
AMPLE = Caps(5.0)


def wish(key: str = "k", *, usd: float = 0.10, provider: str = "openai") -> Call:
    return Call(key, provider, "m", worst_case_usd=usd, lease_s=30.0)


class Desk:
    """Reservations one at a time, on a clock that stands."""

    def __init__(self, database: Database, caps: Caps = AMPLE, who: str = "p") -> None:
        self.clock = FixedClock(START)
        self.rows = Reservations(database, caps, profile_hash=who, clock=self.clock)

    def reserve(self, call: Call) -> Found:
        (found,) = self.rows.commit([call])
        assert found is not None
        return found

    def granted(self, call: Call) -> Reserved:
        found = self.reserve(call)
        assert isinstance(found, Reserved), found
        return found

    def settle(self, reserved: Reserved, answer: Answer, usd: float) -> None:
        assert self.rows.commit([settlement_of(reserved, answer, usd)]) == [None]

    def later(self, **span: float) -> None:
        self.clock.time += timedelta(**span)


def charged_usd(database: Database) -> float:
    with database.transaction() as cursor:
        cursor.execute("SELECT coalesce(sum(coalesce(settled_usd, reserved_usd)), 0) FROM spending")
        row = cursor.fetchone()
    assert row is not None
    return float(row[0])


def test_the_worst_case_is_charged_until_the_call_is_settled(database: Database) -> None:
    desk = Desk(database)

    reserved = desk.granted(wish())
    assert charged_usd(database) == 0.10
    desk.settle(reserved, OPINION, 0.02)

    assert charged_usd(database) == 0.02


def test_an_answer_that_was_paid_for_is_given_back_instead_of_money(database: Database) -> None:
    desk = Desk(database)
    desk.settle(desk.granted(wish()), OPINION, 0.001)
    desk.later(days=40)

    found = desk.reserve(wish())

    assert found == Paid(OPINION)


def test_a_call_under_way_is_not_made_twice(database: Database) -> None:
    desk, twin = Desk(database), Desk(database)
    desk.granted(wish())

    assert twin.reserve(wish()) == UnderWay()
    assert desk.rows.commit([wish("x"), wish("x")])[1] == UnderWay()


def test_a_dead_call_stays_charged_and_is_not_repeated_on_its_day(database: Database) -> None:
    desk = Desk(database)
    desk.granted(wish())
    desk.later(seconds=31)

    assert desk.reserve(wish()) == Lost(0.10)
    assert charged_usd(database) == 0.10


def test_a_dead_call_is_repeated_on_another_day_as_a_further_attempt(database: Database) -> None:
    desk = Desk(database)
    desk.granted(wish())
    desk.later(days=1)

    desk.granted(wish())

    with database.transaction() as cursor:
        cursor.execute("SELECT attempt FROM spending ORDER BY id")
        assert cursor.fetchall() == [(1,), (2,)]


def test_a_free_failure_may_be_tried_again_at_once(database: Database) -> None:
    desk = Desk(database)
    desk.settle(desk.granted(wish()), failed(), 0.0)

    desk.granted(wish())


def test_a_paid_abstention_counts_for_its_twins_and_may_be_tried_again_later(
    database: Database,
) -> None:
    desk = Desk(database)
    refusal = failed(AbstentionKind.REFUSED)
    desk.settle(desk.granted(wish()), refusal, 0.03)

    twin = desk.reserve(wish())
    assert isinstance(twin, Paid)
    assert (twin.answer.result, twin.answer.cost_usd) == (refusal.result, 0.03)
    desk.later(seconds=31)
    desk.granted(wish())


def test_a_call_that_was_cut_off_is_settled_once_and_in_full(database: Database) -> None:
    desk = Desk(database)
    reserved = desk.granted(wish())
    desk.rows.commit([Settlement(reserved.id, 0.10, "CancelledError", None, None, None)])

    desk.settle(reserved, OPINION, 0.01)

    assert charged_usd(database) == 0.10


def test_past_the_cap_nothing_is_reserved(database: Database) -> None:
    desk = Desk(database, Caps(0.25))

    found = desk.rows.commit([wish("a"), wish("b"), wish("c")])

    assert [type(one) for one in found] == [Reserved, Reserved, Refused]
    assert charged_usd(database) == 0.20


def test_a_new_day_has_new_money(database: Database) -> None:
    desk = Desk(database, Caps(0.10))
    desk.granted(wish("a"))
    assert isinstance(desk.reserve(wish("b")), Refused)

    desk.later(days=1)

    desk.granted(wish("b"))


def test_money_of_calls_under_way_may_come_back_money_of_dead_ones_does_not(
    database: Database,
) -> None:
    desk = Desk(database, Caps(0.10))
    desk.granted(wish("a"))
    found = desk.reserve(wish("b"))
    assert isinstance(found, Refused)
    assert found.may_fit_later

    desk.later(seconds=31)

    found = desk.reserve(wish("b"))
    assert isinstance(found, Refused)
    assert not found.may_fit_later


def test_profiles_share_the_installations_money_and_nothing_else(database: Database) -> None:
    one, other = Desk(database, Caps(0.25, 0.10), "one"), Desk(database, Caps(0.25, 0.20), "other")

    one.granted(wish())
    assert isinstance(one.reserve(wish("b")), Refused)
    other.granted(wish("c"))
    assert isinstance(other.reserve(wish("d")), Refused)  # 0.20 of its own, but 0.25 in all


def test_without_the_database_nothing_is_granted(database_url: str) -> None:
    database = Database(database_url.replace("test_", "gone_"))
    with pytest.raises(TransientError):
        Desk(database).reserve(wish())


def test_threads_that_reserve_at_once_never_pass_the_cap(database: Database) -> None:
    granted: list[Reserved] = []

    def grab(name: str) -> None:
        desk = Desk(database, Caps(1.0))
        for number in range(10):
            found = desk.reserve(wish(f"{name}-{number}"))
            if isinstance(found, Reserved):
                granted.append(found)

    threads = [threading.Thread(target=grab, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(granted) == 10
    assert charged_usd(database) == pytest.approx(1.0)


_GRABBER = """
import sys
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_signals.caps import Caps
from tests.signals.test_reservations import Desk, wish
desk = Desk(Database(sys.argv[1]), Caps(1.0))
for number in range(30):
    desk.reserve(wish(f"{sys.argv[2]}-{number}", usd=0.07))
"""


def test_processes_that_reserve_at_once_never_pass_the_cap(
    database: Database, database_url: str
) -> None:
    root = Path(__file__).parents[2]
    racers = [
        subprocess.Popen([sys.executable, "-c", _GRABBER, database_url, str(n)], cwd=root)
        for n in range(3)
    ]

    assert [racer.wait(timeout=60) for racer in racers] == [0, 0, 0]

    assert charged_usd(database) == pytest.approx(14 * 0.07)
