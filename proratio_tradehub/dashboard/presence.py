"""Who is at the page now: asked again at every action, since a session may have ended meanwhile."""

from __future__ import annotations

import secrets
from typing import Final

import streamlit as st

from proratio_tradehub.dashboard.access import Visitor
from proratio_tradehub.dashboard.access.gate import COOKIE, visitor_of
from proratio_tradehub.dashboard.house import House

__all__ = ["present_visitor", "this_window"]

_THIS_MACHINE: Final = "127.0.0.1"
_WINDOW: Final = "p-window"


def present_visitor(house: House) -> Visitor | None:
    """Return who is here, as somebody who has just done something; None: their session is over."""
    secret = st.context.cookies.get(COOKIE)
    house.visitors.touch(secret)
    address = st.context.ip_address or _THIS_MACHINE
    return visitor_of(secret, address, door=house.door, visitors=house.visitors)


def this_window() -> str:
    """Return what names this window of the browser; a confirmation is good for it alone."""
    return str(st.session_state.setdefault(_WINDOW, secrets.token_hex(8)))
