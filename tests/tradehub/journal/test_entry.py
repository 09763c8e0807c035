"""An event has one name, whoever sees it and however often."""

from __future__ import annotations

import pytest

from proratio_tradehub.journal.entry import Kind, event_id
from tests.tradehub.journal.made import an_entry


def test_equal_parts_give_one_name_and_others_another() -> None:
    assert event_id("a", "fill", 1) == event_id("a", "fill", "1")
    assert event_id("a", "fill", 1) != event_id("a", "fill", 2)
    assert event_id("a", "bc") != event_id("ab", "c")
    assert len(event_id("a")) == 32


def test_entry_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        an_entry().kind = Kind.EXIT  # type: ignore[misc]


def test_kinds_stand_in_the_sequence_of_a_trade() -> None:
    kinds = list(Kind)
    assert kinds.index(Kind.CANDIDATE) < kinds.index(Kind.VERDICT) < kinds.index(Kind.FILL)
    assert kinds.index(Kind.FILL) < kinds.index(Kind.EXIT)
