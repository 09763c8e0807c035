"""Wrong passwords: each costs more time than the last, and the owner is never kept out for long."""

from __future__ import annotations

from datetime import UTC, datetime

from proratio_core.clock import FixedClock
from proratio_tradehub.dashboard.access.lockout import Lockout

START = datetime(2024, 5, 1, tzinfo=UTC)


def _fail(lockout: Lockout, address: str, times: int) -> None:
    for _ in range(times):
        lockout.failed(address)


def test_a_few_mistakes_cost_nothing_and_then_waiting_doubles() -> None:
    lockout = Lockout(FixedClock(START))
    waits = []
    for _ in range(8):
        lockout.failed("a")
        waits.append(lockout.wait_s("a"))
    assert waits == [0, 0, 0, 0, 2, 4, 8, 16]


def test_hundred_wrong_passwords_take_a_day() -> None:
    clock = FixedClock(START)
    lockout = Lockout(clock)
    for _ in range(100):
        clock.sleep(lockout.wait_s("a"))
        lockout.failed("a")
    assert (clock.now() - START).total_seconds() > 20 * 3600


def test_other_addresses_wait_a_little_when_many_guess() -> None:
    lockout = Lockout(FixedClock(START))
    for number in range(200):
        lockout.failed(f"10.0.0.{number}")
    assert 0 < lockout.wait_s("owner") <= 10


def test_one_address_that_guesses_alone_does_not_keep_others_out() -> None:
    lockout = Lockout(FixedClock(START))
    _fail(lockout, "a", 12)
    assert lockout.wait_s("a") > 200
    assert lockout.wait_s("b") == 0


def test_who_knows_the_password_begins_anew() -> None:
    lockout = Lockout(FixedClock(START))
    _fail(lockout, "a", 4)
    lockout.succeeded("a")
    _fail(lockout, "a", 4)
    assert lockout.wait_s("a") == 0


def test_an_hour_of_peace_is_forgotten() -> None:
    clock = FixedClock(START)
    lockout = Lockout(clock)
    _fail(lockout, "a", 10)
    clock.sleep(3_700)
    lockout.failed("a")
    assert lockout.wait_s("a") == 0
