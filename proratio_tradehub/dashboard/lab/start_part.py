"""The part of the page that starts a backtest, follows it, and says how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from proratio_core.errors import ProratioError
from proratio_core.values import Pair
from proratio_quantlab.specification import UNGATED
from proratio_tradehub.dashboard.lab.acting import (
    Ordered,
    cancel_backtest,
    order_backtest,
    start_backtest,
)
from proratio_tradehub.dashboard.lab.queries import read_candles, read_days
from proratio_tradehub.dashboard.lab.start_view import ended_bar, order_card, running_card
from proratio_tradehub.dashboard.launching import (
    BacktestOrder,
    Launch,
    StoredCandles,
)
from proratio_tradehub.dashboard.look import degraded, note
from proratio_tradehub.dashboard.presence import present_visitor, this_window
from proratio_tradehub.dashboard.room import Room, place
from proratio_tradehub.strategies.rules import CATALOGUE

__all__ = ["show_launch", "show_start"]

_ORDERED: Final = "ordered backtest"
_USUAL_SPAN: Final = timedelta(days=364)
_SHOWN_FOR: Final = timedelta(minutes=10)


def show_launch(room: Room) -> None:
    """Draw the backtest that runs, and the way one ended that ended just now."""
    launch = room.house.launcher.current
    if launch is None:
        return
    if launch.is_running:
        room.live(lambda: _follow(room, launch), every_s=1.0)
        key = f"cancel the launch of {launch.started_at.isoformat()}"  # and of no later one
        if room.visitor.may_act and st.button("Cancel this backtest", key=key):
            _cancel(room)
    elif launch.ended_at is not None and room.now - launch.ended_at < _SHOWN_FOR:
        place(ended_bar(launch))


def _cancel(room: Room) -> None:
    """End the run, or say why it goes on."""
    try:
        problem = cancel_backtest(room.house, present_visitor(room.house))
    except ProratioError as error:
        place(degraded("It was not cancelled", str(error)))
        return
    if problem:
        place(degraded("It is being ended, but that is not on record", problem))
        return
    st.rerun()


def _follow(room: Room, begun: Launch) -> None:
    launch = room.house.launcher.current
    if launch is None or not launch.is_running or launch.started_at != begun.started_at:
        room.house.shelf.forget()
        st.rerun()
    place(running_card(launch or begun, room.now))


def show_start(room: Room, gates: Mapping[str, bool]) -> None:
    """Draw the form, and after it the question whether that is meant."""
    if not room.visitor.may_act:
        place(note("Starting a backtest takes the operator's password."))
        return
    launch = room.house.launcher.current
    if launch is not None and launch.is_running:
        return
    with st.expander("Start a backtest", key="start backtest"):
        stored = room.see("candles", read_candles, good_s=30.0).value or ()
        ordered = st.session_state.get(_ORDERED)
        if not stored:
            place(note("No candles are stored; `proratio data download` gets some."))
        elif ordered is None:
            _enter(room, stored, gates)
        else:
            _confirm(room, ordered, gates)


def _enter(room: Room, stored: Sequence[StoredCandles], gates: Mapping[str, bool]) -> None:
    """Let the visitor state a backtest; what cannot be run is said at once."""
    left, middle, right = st.columns(3, gap="small")
    with left:
        strategy = st.selectbox("Strategy", list(CATALOGUE), key="lab strategy")
        card = CATALOGUE[strategy]
        place(note(f"{card.what} Fails when {card.fails_when}."))
    with middle:
        chosen, pairs = _candles(strategy, stored)
    with right:
        profile = st.selectbox("Gated by", [*_gate_names(gates)], key="lab profile")
        twin = st.toggle("Compare with its ungated twin", key="lab twin", value=False)
    if chosen is None:
        place(note(f"No {card.market} candles are stored; {strategy} needs some."))
        return
    first, last = _days(room, chosen, pairs, middle)
    if not st.button("Check it", key="lab check", type="primary"):
        return
    order = BacktestOrder(
        *(strategy, chosen.exchange, chosen.timeframe, pairs, first, last),
        *(profile, twin and profile != UNGATED),
    )
    try:
        st.session_state[_ORDERED] = order_backtest(
            *(room.house, present_visitor(room.house), this_window(), order),
            stored=stored,
            profiles=gates.keys(),
        )
    except ProratioError as error:
        place(degraded("It cannot be run like that", str(error)))
        return
    st.rerun()


def _gate_names(gates: Mapping[str, bool]) -> list[str]:
    """Return the profiles, fixed rules first: they cost nothing."""
    return [UNGATED, *sorted(gates, key=lambda name: (not gates[name], name))]


def _candles(
    strategy: str, stored: Sequence[StoredCandles]
) -> tuple[StoredCandles | None, tuple[Pair, ...]]:
    """Let the visitor choose candles and pairs of the market the strategy trades."""
    card = CATALOGUE[strategy]
    fitting = {one.title: one for one in stored if _of_market(one, strategy)}
    if not fitting:
        return None, ()
    usual = next(
        (at for at, one in enumerate(fitting.values()) if one.timeframe is card.timeframe), 0
    )
    title = st.selectbox("Candles", list(fitting), index=usual, key=f"lab candles {card.market}")
    chosen = fitting[title]
    pairs = {str(pair): pair for pair in _of_market(chosen, strategy)}
    names = st.multiselect(
        "Pairs", list(pairs), default=list(pairs)[:2], key=f"lab pairs {card.market} {title}"
    )
    return chosen, tuple(pairs[name] for name in names)


def _of_market(candles: StoredCandles, strategy: str) -> list[Pair]:
    market = CATALOGUE[strategy].market
    return [pair for pair in candles.pairs if pair.market is market]


def _days(
    room: Room, chosen: StoredCandles, pairs: tuple[Pair, ...], aside: DeltaGenerator
) -> tuple[date, date]:
    """Let the visitor choose days among those that every pair has."""
    names = tuple(map(str, pairs))
    key = ("days", chosen.title, names)
    known = room.see(key, lambda db: read_days(db, chosen, pairs), good_s=60.0).value
    low, high = known or (date(2020, 1, 1), room.now.date())
    with aside, st.container(horizontal=True, gap="small"):
        first = st.date_input(
            "From",
            max(low, high - _USUAL_SPAN),
            min_value=low,
            max_value=high,
            key=f"lab from {key}",
        )
        last = st.date_input("Until", high, min_value=low, max_value=high, key=f"lab until {key}")
    return first, last


def _confirm(room: Room, ordered: Ordered, gates: Mapping[str, bool]) -> None:
    """Ask whether it is meant; that can be answered once."""
    order = ordered.order
    asks_models = order.profile != UNGATED and not gates.get(order.profile, False)
    place(order_card(order, asks_models=asks_models))
    with st.container(horizontal=True, gap="small"):
        go = st.button("Start it", key="lab go", type="primary")
        back = st.button("Change it", key="lab back")
    if not go and not back:
        return
    del st.session_state[_ORDERED]
    if go:
        _start(room, ordered)
    else:
        st.rerun()


def _start(room: Room, ordered: Ordered) -> None:
    try:
        start_backtest(room.house, present_visitor(room.house), this_window(), ordered)
    except ProratioError as error:
        place(degraded("It was not started", str(error)))
        return
    st.rerun()
