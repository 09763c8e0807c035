"""Clocks, and moments as milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from proratio_core.clock import Clock, FixedClock, SystemClock, from_ms, in_utc, to_ms

NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)


def test_system_clock_is_utc_and_its_monotonic_time_advances_while_sleeping() -> None:
    clock: Clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() - before >= 0.009
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.now().utcoffset() == timedelta(0)


def test_fixed_clock_moves_only_by_sleeping_and_remembers_it() -> None:
    clock = FixedClock(NEW_YEAR)
    assert clock.now() == clock.now() == NEW_YEAR
    start = clock.monotonic()
    clock.sleep(90)
    assert clock.now() == NEW_YEAR + timedelta(seconds=90)
    assert clock.monotonic() - start == 90
    assert clock.slept_s == [90]


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_milliseconds_survive_the_round_trip(milliseconds: int) -> None:
    moment = from_ms(milliseconds)
    assert moment.utcoffset() == timedelta(0)
    assert to_ms(moment) == milliseconds


def test_to_ms_respects_the_time_zone() -> None:
    elsewhere = NEW_YEAR.astimezone(timezone(timedelta(hours=9)))
    assert to_ms(elsewhere) == to_ms(NEW_YEAR) == 1_704_067_200_000


def test_a_moment_that_says_no_zone_is_of_utc_and_one_that_says_its_own_stays() -> None:
    assert in_utc(NEW_YEAR.replace(tzinfo=None)) == NEW_YEAR
    said = NEW_YEAR.astimezone(timezone(timedelta(hours=2)))
    assert in_utc(said) is said
