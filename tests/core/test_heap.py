from __future__ import annotations

import gc
import weakref

import pytest

from proratio_core.heap import settled_heap


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
