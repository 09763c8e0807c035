from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from proratio_core.clock import FixedClock
from proratio_core.heap import HeapSweeper, settled_heap


class Node:
    """Something that can be its own garbage."""

    def __init__(self) -> None:
        self.me = self


def test_what_was_there_is_left_alone_and_new_garbage_is_collected() -> None:
    old = Node()
    before = weakref.ref(old)

    with settled_heap():
        assert gc.get_freeze_count() > 1_000
        del old
        after = weakref.ref(Node())
        gc.collect()
        assert after() is None
        assert before() is not None

    gc.collect()
    assert before() is None
    assert gc.get_freeze_count() == 0


def test_the_heap_is_as_before_when_the_block_raises() -> None:
    with pytest.raises(KeyError), settled_heap():
        raise KeyError

    assert gc.get_freeze_count() == 0


@pytest.fixture
def rare_searches() -> Iterator[None]:
    """Freqtrade's setting: what has survived one search is next looked at years later."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 500, 1_000)
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


@pytest.mark.usefixtures("rare_searches")
def test_each_hour_frees_what_became_garbage_after_it_had_survived_a_search() -> None:
    clock = FixedClock(datetime(2024, 3, 1, tzinfo=UTC))
    sweeper = HeapSweeper(clock)

    for swept in (1, 2):
        node = Node()
        gc.collect(0)  # it lives, and is searched no more
        gone = weakref.ref(node)
        del node
        clock.sleep(3_599.0)
        assert not sweeper.sweep_when_due()
        assert gone() is not None

        clock.sleep(1.0)
        assert sweeper.sweep_when_due(), swept
        assert gone() is None
        assert not sweeper.sweep_when_due()


@pytest.mark.usefixtures("rare_searches")
def test_what_is_there_at_the_first_sweep_is_left_out_of_the_next() -> None:
    clock = FixedClock(datetime(2024, 3, 1, tzinfo=UTC))
    sweeper = HeapSweeper(clock)
    kept = Node()
    clock.sleep(3_600.0)
    assert sweeper.sweep_when_due()
    settled = gc.get_freeze_count()

    gone = weakref.ref(kept)
    del kept
    clock.sleep(3_600.0)
    assert sweeper.sweep_when_due()

    assert settled > 1_000
    assert gone() is not None

    later = Node()
    clock.sleep(3_600.0)
    assert sweeper.sweep_when_due()
    gone = weakref.ref(later)
    del later
    clock.sleep(3_600.0)
    assert sweeper.sweep_when_due()
    assert gone() is None
