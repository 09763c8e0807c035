"""A restraint holds until a resumption names it, in whatever order the copies are merged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_tradehub.halts.events import LIMIT, Action, HaltEvent, Mode, resumption, standing_of
from tests.tradehub.halts.made import NOON, order


def test_no_order_restrains_nothing() -> None:
    standing = standing_of([])
    assert standing.mode is Mode.TRADING
    assert standing.allows_entries
    assert standing.why == ""


@pytest.mark.parametrize(
    ("action", "mode"),
    [
        (Action.HALT, Mode.HALTED),
        (Action.REDUCE_ONLY, Mode.REDUCE_ONLY),
        (Action.SAFE_MODE, Mode.SAFE_MODE),
    ],
)
def test_each_restraint_keeps_entries_out_and_says_why(action: Action, mode: Mode) -> None:
    standing = standing_of([order("x", action)])
    assert standing.mode is mode
    assert not standing.allows_entries
    assert standing.why == f"{action} by a test at 2024-06-01 12:00:00 UTC: because of x"


def test_the_strictest_restraint_counts_and_the_others_are_kept() -> None:
    events = [order("a", Action.REDUCE_ONLY), order("b", minute=1), order("c", Action.SAFE_MODE)]
    standing = standing_of(events)
    assert standing.mode is Mode.HALTED
    assert [event.id for event in standing.restraints] == ["b", "c", "a"]


def test_resumption_ends_what_it_names_and_nothing_later() -> None:
    events = [order("a"), order("b", Action.REDUCE_ONLY)]
    ended = resumption(events, reason="looked at", by="me", at=NOON)
    assert set(ended.lifts) == {"a", "b"}
    assert standing_of([*events, ended]).allows_entries
    assert standing_of([*events, ended, order("c", minute=-60)]).mode is Mode.HALTED


def test_lifting_what_a_limit_ordered_forgives_the_losses_before_it() -> None:
    of_a_person = resumption([order("a")], reason="r", by="me", at=NOON)
    assert standing_of([order("a"), of_a_person]).forgiven_at is None
    halt = replace(order("b"), by=f"{LIMIT}drawdown")
    first = resumption([halt], reason="r", by="me", at=NOON)
    again = replace(first, id="again", at=NOON + timedelta(hours=1))
    assert standing_of([halt]).forgiven_at is None
    assert standing_of([again, halt, first]).forgiven_at == again.at


def test_liquidation_is_on_record_and_restrains_nothing_itself() -> None:
    assert standing_of([order("x", Action.LIQUIDATE)]).allows_entries


def test_what_is_not_known_keeps_entries_out_without_any_order() -> None:
    standing = standing_of([], unknown="nobody answers")
    assert not standing.allows_entries
    assert standing.why == "nobody answers"


_RESTRAINTS = (Action.HALT, Action.REDUCE_ONLY, Action.SAFE_MODE)


@st.composite
def records(draw: st.DrawFn) -> list[HaltEvent]:
    """Draw a record in which every resumption names restraints made before it."""
    events: list[HaltEvent] = []
    for number in range(draw(st.integers(0, 8))):
        action = draw(st.sampled_from([*_RESTRAINTS, Action.RESUME]))
        earlier = [event.id for event in events if event.action in _RESTRAINTS]
        lifts = draw(st.sets(st.sampled_from(earlier))) if earlier else set()
        named = tuple(sorted(lifts)) if action is Action.RESUME else ()
        events.append(order(str(number), action, minute=number, lifts=named))
    return events


@given(records(), st.data())
def test_order_repetition_and_split_of_the_record_do_not_matter(
    events: list[HaltEvent], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*events, *events]))
    assert standing_of(shuffled) == standing_of(events)


@given(records(), st.data())
def test_a_copy_that_missed_resumptions_is_never_less_careful(
    events: list[HaltEvent], data: st.DataObject
) -> None:
    missed = data.draw(st.sets(st.sampled_from(range(len(events))))) if events else set()
    copy = [
        event
        for number, event in enumerate(events)
        if event.action is not Action.RESUME or number not in missed
    ]
    assert standing_of(copy).mode.severity >= standing_of(events).mode.severity
