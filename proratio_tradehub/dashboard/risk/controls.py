"""The brakes: an order is stated, shown with all it will do, and carried out when confirmed."""

from __future__ import annotations

from typing import Final

import streamlit as st

from proratio_core.errors import ProratioError
from proratio_tradehub.dashboard.look import Tone, note, tag
from proratio_tradehub.dashboard.presence import present_visitor, this_window
from proratio_tradehub.dashboard.risk.acting import BY_HAND, carry_out, state_order
from proratio_tradehub.dashboard.risk.orders import Choice, Draft, offered
from proratio_tradehub.dashboard.risk.view import confirmation
from proratio_tradehub.dashboard.room import Room, place
from proratio_tradehub.dashboard.standing import see_standing

__all__ = ["show_controls"]

_DRAFT: Final = "p-order-draft"
_SAID: Final = "p-order-said"


def show_controls(room: Room) -> None:
    """Draw the brakes for an operator; a viewer is told that there are some."""
    if not room.visitor.may_act:
        place(note("You look as a viewer. An operator can halt, reduce, resume and close here."))
        return
    said = st.session_state.pop(_SAID, None)
    if said is not None:
        text, tone = said
        role = "alert" if tone is Tone.BAD else "status"
        place(tag("div", tag("b", text), class_=f"p-said p-said-{tone}", role=role))
    draft = st.session_state.get(_DRAFT)
    with st.container(key="p-brakes"):
        if draft is None:
            _ask(room)
        else:
            _confirm(room, draft)


def _ask(room: Room) -> None:
    """Let an order be stated."""
    standing = see_standing(room.house).value
    choices = offered(standing) if standing is not None else tuple(Choice)
    with st.form("p-order", border=False):
        row = st.container(key="p-order-row", horizontal=True, vertical_alignment="bottom")
        with row:
            chosen = st.segmented_control(
                "Order", [choice.value for choice in choices], default=choices[0].value
            )
            reason = st.text_input("Reason", placeholder="why; it is put on record", max_chars=500)
            asked = st.form_submit_button("Review", type="primary")
    if asked:
        _state(room, Choice(chosen or choices[0].value), str(reason))
        st.rerun()


def _state(room: Room, choice: Choice, reason: str) -> None:
    """Keep what is to be confirmed, or say why there is nothing."""
    house = room.house
    visitor = present_visitor(house)
    try:
        st.session_state[_DRAFT] = state_order(
            house, visitor, this_window(), choice=choice, reason=reason
        )
    except ProratioError as error:
        st.session_state.pop(_DRAFT, None)
        _say(str(error), Tone.BAD)


def _confirm(room: Room, draft: Draft) -> None:
    """Show what will happen, and have it done when that is confirmed."""
    place(confirmation(draft))
    with st.container(key="p-order-confirm", horizontal=True):
        confirmed = st.button(f"Confirm: {draft.choice.value.lower()}", key="p-order-do")
        st.button("Cancel", key="p-order-cancel", on_click=_forget)
    if confirmed:
        with st.spinner("Under way"):
            _do(room, draft)
        st.rerun()


def _do(room: Room, draft: Draft) -> None:
    _forget()
    try:
        outcome = carry_out(room.house, present_visitor(room.house), this_window(), draft)
    except ProratioError as error:
        _state(room, draft.choice, draft.reason)
        again = " Look again below, and confirm anew." if _DRAFT in st.session_state else ""
        _say(f"{error}.{again}", Tone.BAD)
        return
    _say(outcome, Tone.BAD if BY_HAND in outcome else Tone.GOOD)


def _forget() -> None:
    st.session_state.pop(_DRAFT, None)


def _say(text: str, tone: Tone) -> None:
    st.session_state[_SAID] = (text, tone)
