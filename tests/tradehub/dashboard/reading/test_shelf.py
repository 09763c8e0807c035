"""The shelf: one reader for all visitors, and the last value while nothing newer is known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from proratio_core.clock import FixedClock
from proratio_core.errors import TransientError
from proratio_tradehub.dashboard.reading.shelf import Shelf

START = datetime(2024, 5, 1, tzinfo=UTC)


class Source:
    def __init__(self) -> None:
        self.asked = 0
        self.is_away = False

    def read(self) -> int:
        self.asked += 1
        if self.is_away:
            raise TransientError("away")
        return self.asked


def test_value_is_read_again_when_it_is_old() -> None:
    clock, source = FixedClock(START), Source()
    shelf = Shelf(clock)
    assert [shelf.look("a", source.read, good_s=5).value for _ in range(3)] == [1, 1, 1]
    clock.sleep(5)
    sight = shelf.look("a", source.read, good_s=5)
    assert (sight.value, sight.read_at, sight.is_stale) == (2, clock.now(), False)


def test_last_value_stays_while_the_source_is_away() -> None:
    clock, source = FixedClock(START), Source()
    shelf = Shelf(clock)
    shelf.look("a", source.read, good_s=5)
    source.is_away = True
    clock.sleep(5)
    sight = shelf.look("a", source.read, good_s=5)
    assert (sight.value, sight.read_at, sight.problem, sight.is_stale) == (1, START, "away", True)


def test_what_was_never_read_is_not_known() -> None:
    source = Source()
    source.is_away = True
    sight = Shelf(FixedClock(START)).look("a", source.read, good_s=5)
    assert (sight.value, sight.read_at, sight.is_stale) == (None, None, False)


def test_error_that_nobody_expected_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        Shelf(FixedClock(START)).look("a", lambda: 1 // 0, good_s=5)


def test_visitors_who_come_together_ask_once() -> None:
    source, shelf, together = Source(), Shelf(FixedClock(START)), Barrier(8)

    def visit(_: int) -> int | None:
        together.wait()
        return shelf.look("a", source.read, good_s=5).value

    with ThreadPoolExecutor(8) as visitors:
        assert set(visitors.map(visit, range(8))) == {1}
    assert source.asked == 1


def test_forgetting_reads_anew_and_memory_has_an_end() -> None:
    source, shelf = Source(), Shelf(FixedClock(START))
    shelf.look("a", source.read, good_s=500)
    shelf.forget()
    assert shelf.look("a", source.read, good_s=500).value == 2
    for number in range(300):
        shelf.look(number, source.read, good_s=500)
    assert shelf.look("a", source.read, good_s=500).value == 303
