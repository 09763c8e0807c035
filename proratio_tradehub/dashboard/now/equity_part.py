"""The part of the page that draws equity over a span the visitor chooses."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import streamlit as st

from proratio_tradehub.dashboard.charts import equity_figure
from proratio_tradehub.dashboard.equity import EquityCurve
from proratio_tradehub.dashboard.equity_reading import read_equity
from proratio_tradehub.dashboard.look import empty
from proratio_tradehub.dashboard.reading import Sight
from proratio_tradehub.dashboard.room import Room, draw_figure, place
from proratio_tradehub.dashboard.subject import Subject
from proratio_tradehub.marks import Mark
from proratio_tradehub.risk import RiskProfile, load_risk_profile

__all__ = ["limits_of", "see_equity", "show_equity"]

_SPANS: Final = {
    "24 h": timedelta(days=1),
    "7 d": timedelta(days=7),
    "30 d": timedelta(days=30),
    "1 y": timedelta(days=365),
    "All": None,
}
_SPAN: Final = "span"


def see_equity(room: Room, subject: Subject) -> Sight[EquityCurve]:
    """Return the curve over the span that is chosen."""
    span = _SPANS[st.session_state.get(_SPAN) or _usual(subject)]
    return room.see(
        ("equity", subject.key, span), lambda database: read_equity(database, subject, span=span)
    )


def show_equity(room: Room, subject: Subject) -> None:
    """Draw the choice of a span and the curve."""
    st.segmented_control(
        "Span",
        list(_SPANS),
        default=_usual(subject),
        key=_SPAN,
        label_visibility="collapsed",
    )
    curve = see_equity(room, subject).value
    if curve is None or not curve.at:
        place(empty("No equity yet", "A bot marks its equity once a minute."))
        return
    figure = equity_figure(
        curve,
        quote=subject.quote,
        limit_frac=limits_of(room).max_drawdown_frac,
        simulated=subject.mark is Mark.SIMULATED,
    )
    says = "Equity over time, and its drawdown against the line at which trading halts."
    draw_figure(figure, key="equity", says=says)


def limits_of(room: Room) -> RiskProfile:
    """Return the limits of the installation."""
    settings = room.house.settings
    return load_risk_profile(settings.risk_profile, settings.user_data / "risk")


def _usual(subject: Subject) -> str:
    return "All" if subject.account is None else "30 d"
