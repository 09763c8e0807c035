"""Draws the page Consensus: the newest vote on a pair, who said what, and the votes before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import streamlit as st

from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.consensus.figures import Bench, Line
from proratio_tradehub.dashboard.consensus.queries import read_benches, read_history, read_sheet
from proratio_tradehub.dashboard.consensus.view import (
    columns_of,
    scale_bar,
    verdict_bar,
    verdict_tiles,
    voters,
)
from proratio_tradehub.dashboard.downloads import offer_tables, stored_table
from proratio_tradehub.dashboard.look import away, empty, joined, note, stale
from proratio_tradehub.dashboard.room import Room, place

__all__ = ["show"]

_SPANS: Final = {
    "30 d": timedelta(days=30),
    "90 d": timedelta(days=90),
    "1 y": timedelta(days=365),
    "All": None,
}
_MOST: Final = 200


def show(room: Room) -> None:
    """Draw the page."""
    exchange = "" if room.subject is None else room.subject.exchange
    sight = room.see(("benches", exchange), lambda database: read_benches(database, exchange))
    if sight.value is None:
        place(away("PostgreSQL", sight.problem))
        return
    if sight.problem:
        place(stale(sight.read_at, room.now, sight.problem))
    if not sight.value:
        remedy = "Backfill the past, or let the signal service answer a running bot."
        place(empty("The panel was never asked here", remedy, "proratio signals backfill --help"))
        return
    bench = _chosen(sight.value)
    room.live(lambda: _vote(room, bench))
    room.live(lambda: _history(room, bench), every_s=None)
    tables = ("votes", "opinions", "spending")
    offer_tables([stored_table(room, name) for name in tables], key="consensus")


def _chosen(benches: Sequence[Bench]) -> Bench:
    """Let the visitor choose a pair and a panel."""
    names = {bench.title: bench for bench in benches}
    title = st.selectbox(
        "Pair and panel", list(names), key="bench", label_visibility="collapsed", width=360
    )
    return names[title or benches[0].title]


def _vote(room: Room, bench: Bench) -> None:
    """Place one vote: the one chosen below, else the newest."""
    vote_id = st.session_state.get(_key(bench)) or _newest_id(room, bench)
    sight = room.see(("vote", vote_id), lambda db: read_sheet(db, vote_id), good_s=30.0)
    sheet = sight.value
    if sheet is None:
        place(away("PostgreSQL", sight.problem or f"vote {vote_id} is not there"))
        return
    old = stale(sight.read_at, room.now, sight.problem) if sight.problem else None
    place(joined(old, verdict_bar(sheet, bench, room.now), verdict_tiles(sheet, bench)))
    place(joined(scale_bar(sheet, bench)))
    place(voters(sheet))


def _newest_id(room: Room, bench: Bench) -> int:
    """Return the newest vote, also one that came since the page was opened."""
    exchange = "" if room.subject is None else room.subject.exchange
    sight = room.see(("benches", exchange), lambda database: read_benches(database, exchange))
    known = {(one.series_id, one.profile_id): one.newest_id for one in sight.value or ()}
    return known.get((bench.series_id, bench.profile_id), bench.newest_id)


def _key(bench: Bench) -> str:
    return f"vote of {bench.series_id} {bench.profile_id}"


def _history(room: Room, bench: Bench) -> None:
    """Draw the search and its finds; choosing one shows it above."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="p-filters"):
        span = st.segmented_control("Closed within", list(_SPANS), default="30 d", key="vote span")
        chosen = st.pills("Came to", [action.value for action in Action], selection_mode="multi",
                          key="vote actions")  # fmt: skip
        degraded = st.toggle("Somebody abstained", key="vote degraded")
        words = st.text_input("Somebody said", key="vote words", max_chars=80)
    length = _SPANS[span or "30 d"]
    since = None if length is None else room.now.replace(second=0, microsecond=0) - length
    actions = frozenset(Action(name) for name in chosen)
    key = ("votes", bench.series_id, bench.profile_id, span, actions, degraded, words)
    sight = room.see(
        key,
        lambda database: read_history(
            database, bench, since=since, actions=actions, degraded=degraded, words=words,
            most=_MOST,
        ),
        good_s=15.0,
    )  # fmt: skip
    if sight.value is None:
        place(away("PostgreSQL", sight.problem))
    elif not sight.value:
        place(note("No vote is like that."))
    else:
        _choose(room, bench, sight.value)


def _choose(room: Room, bench: Bench, lines: Sequence[Line]) -> None:
    """List the votes, and let the visitor choose one."""
    count = f"{len(lines)} votes" if len(lines) < _MOST else f"The newest {_MOST} votes"
    place(note(f"{count}; choose one to see what was said."))
    event = st.dataframe(
        columns_of(lines, room.now),
        hide_index=True,
        height=min(38 + 35 * len(lines), 388),
        on_select="rerun",
        selection_mode="single-row",
        key=f"list of {bench.series_id} {bench.profile_id}",
    )
    rows = event.selection.rows
    chosen = lines[rows[0]].vote_id if rows and rows[0] < len(lines) else None
    if chosen != st.session_state.get(_key(bench)):
        st.session_state[_key(bench)] = chosen
        st.rerun()
