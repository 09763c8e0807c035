"""The form of the limits: numbers that only go the tighter way, a difference, then the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from proratio_core.errors import ProratioError
from proratio_tradehub.dashboard.look import Tone, card, note, tag
from proratio_tradehub.dashboard.presence import present_visitor, this_window
from proratio_tradehub.dashboard.room import Room, place
from proratio_tradehub.dashboard.system.configuring import (
    Configured,
    Proposal,
    propose,
    read_configured,
    save,
)
from proratio_tradehub.dashboard.system.limits import Limit, limits_of
from proratio_tradehub.dashboard.system.view import proposal_view

__all__ = ["show_limits_form"]

_PROPOSAL: Final = "p-limits-proposal"
_SAID: Final = "p-limits-said"
_COLUMNS: Final = 4


def show_limits_form(room: Room) -> None:
    """Draw the limits; a file that is not valid is shown with what is wrong with it."""
    try:
        configured = read_configured(room.house)
    except ProratioError as error:
        remedy = "Mend the file by hand, or remove it; bots that start now refuse to."
        place(card("Limits", note(str(error), Tone.BAD), note(remedy), tone=Tone.BAD))
        return
    said = st.session_state.pop(_SAID, None)
    if said is not None:
        text, tone = said
        role = "alert" if tone is Tone.BAD else "status"
        place(tag("div", tag("b", text), class_=f"p-said p-said-{tone}", role=role))
    proposal = st.session_state.get(_PROPOSAL)
    is_busy = proposal is not None or said is not None
    with st.container(key="p-limits"), st.expander(_title(configured), expanded=is_busy):
        if proposal is not None:
            _confirm(room, proposal)
        else:
            _form(room, configured)


def _title(configured: Configured) -> str:
    where = "in a file of your own" if configured.identity else "as built in"
    return f"Limits: {configured.profile.name}, {where}; they can only be tightened here"


def _form(room: Room, configured: Configured) -> None:
    limits = limits_of(configured.profile)
    may_act = room.visitor.may_act
    with st.form("p-limits-form", border=False):
        columns = st.columns(_COLUMNS, gap="small")
        shown = {}
        for place_, limit in enumerate(limits):
            with columns[place_ % _COLUMNS]:
                shown[limit.name] = _number(limit, configured.identity[:8], is_disabled=not may_act)
        asked = st.form_submit_button("Review", type="primary") if may_act else False
    if asked:
        _propose(room, shown)
        st.rerun()


def _number(limit: Limit, version: str, *, is_disabled: bool) -> float | None:
    """Draw a number that goes the tighter way only; another file is another form."""
    kind = int if limit.is_whole else float
    known = None if limit.shown is None else kind(limit.shown)
    bound: dict[str, Any] = {"max_value" if limit.is_lower else "min_value": known}
    return st.number_input(
        limit.label,
        value=known,
        step=kind(1) if limit.is_whole else 0.1,
        format="%d" if limit.is_whole else "%g",
        placeholder="no limit",
        key=f"p-limit-{limit.name}{version}",
        disabled=is_disabled,
        **bound,
    )


def _propose(room: Room, shown: Mapping[str, float | None]) -> None:
    visitor = present_visitor(room.house)
    try:
        st.session_state[_PROPOSAL] = propose(room.house, visitor, this_window(), shown)
    except ProratioError as error:
        st.session_state[_SAID] = (str(error), Tone.BAD)


def _confirm(room: Room, proposal: Proposal) -> None:
    place(proposal_view(proposal))
    with st.container(key="p-limits-confirm", horizontal=True):
        confirmed = st.button("Save", key="p-limits-save", type="primary")
        st.button("Cancel", key="p-limits-cancel", on_click=_forget)
    if confirmed:
        _forget()
        try:
            said = save(room.house, present_visitor(room.house), this_window(), proposal)
            st.session_state[_SAID] = (said, Tone.GOOD)
        except ProratioError as error:
            st.session_state[_SAID] = (str(error), Tone.BAD)
        st.rerun()


def _forget() -> None:
    st.session_state.pop(_PROPOSAL, None)
