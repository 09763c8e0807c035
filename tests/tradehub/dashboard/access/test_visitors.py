"""Sessions: they end when nobody does anything, and at the latest after half a day."""

from __future__ import annotations

from datetime import UTC, datetime

from proratio_core.clock import FixedClock
from proratio_tradehub.dashboard.access.visitors import Role, Visitor, Visitors

START = datetime(2024, 5, 1, tzinfo=UTC)


def test_visitor_is_found_by_the_secret_alone() -> None:
    visitors = Visitors(FixedClock(START), idle_minutes=30)
    secret = visitors.sign_in(Role.OPERATOR, "10.0.0.1")
    visitor = visitors.find(secret)
    assert visitor is not None
    assert (visitor.name, visitor.may_act) == ("operator at 10.0.0.1", True)
    assert visitor.session not in secret
    assert visitors.find("guess") is None
    assert visitors.find(None) is None
    assert visitors.touch("guess") is None


def test_session_ends_when_nothing_is_done() -> None:
    clock = FixedClock(START)
    visitors = Visitors(clock, idle_minutes=30)
    secret = visitors.sign_in(Role.VIEWER, "a")
    clock.sleep(29 * 60)
    assert visitors.touch(secret) is not None
    clock.sleep(29 * 60)
    assert visitors.find(secret) is not None
    clock.sleep(2 * 60)
    assert visitors.find(secret) is None


def test_session_ends_after_half_a_day_however_busy() -> None:
    clock = FixedClock(START)
    visitors = Visitors(clock, idle_minutes=30)
    secret = visitors.sign_in(Role.VIEWER, "a")
    for _ in range(12 * 3):
        clock.sleep(20 * 60)
        assert visitors.touch(secret) is not None
    clock.sleep(60)
    assert visitors.find(secret) is None


def test_page_that_stays_open_learns_that_its_session_is_over() -> None:
    clock = FixedClock(START)
    visitors = Visitors(clock, idle_minutes=30)
    secret = visitors.sign_in(Role.VIEWER, "a")
    visitor = visitors.find(secret)
    assert visitor is not None
    assert visitors.is_signed_in(visitor)
    clock.sleep(31 * 60)
    assert not visitors.is_signed_in(visitor)
    visitors.sign_out(secret)
    assert not visitors.is_signed_in(visitor)
    assert visitors.is_signed_in(Visitor("viewer at here", Role.VIEWER))


def test_signing_out_ends_it() -> None:
    visitors = Visitors(FixedClock(START), idle_minutes=30)
    secret = visitors.sign_in(Role.VIEWER, "a")
    visitors.sign_out(secret)
    visitors.sign_out(secret)
    assert visitors.find(secret) is None


def test_sessions_have_an_end_in_memory() -> None:
    visitors = Visitors(FixedClock(START), idle_minutes=30)
    first = visitors.sign_in(Role.VIEWER, "a")
    for _ in range(1_000):
        visitors.sign_in(Role.VIEWER, "a")
    assert visitors.find(first) is None
