"""Draws the page Now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import streamlit as st

from proratio_tradehub.dashboard.charts import equity_figure
from proratio_tradehub.dashboard.equity import EquityCurve
from proratio_tradehub.dashboard.equity_reading import read_equity
from proratio_tradehub.dashboard.look import Html, empty, formats, tile, tiles, tone_of
from proratio_tradehub.dashboard.room import Room, draw_figure, place
from proratio_tradehub.dashboard.subject import Subject
from proratio_tradehub.marks import Mark
from proratio_tradehub.risk import load_risk_profile

__all__ = ["show"]

_SPANS: Final = {
    "24 h": timedelta(days=1),
    "7 d": timedelta(days=7),
    "30 d": timedelta(days=30),
    "1 y": timedelta(days=365),
    "All": None,
}


def show(room: Room) -> None:
    """Draw the page."""
    if room.subject is None:
        place(empty("Nothing has run yet", "A demo fills every page in a minute.", "make demo"))
        return
    subject = room.subject
    room.live(lambda: _money(room, subject))


def _money(room: Room, subject: Subject) -> None:
    settings = room.house.settings
    profile = load_risk_profile(settings.risk_profile, settings.user_data / "risk")
    figures = st.container()
    chosen = st.segmented_control(
        "Span", list(_SPANS), default="All", key="span", label_visibility="collapsed"
    )
    span = _SPANS[chosen or "All"]
    sight = room.see(("equity", subject.key, span), lambda db: read_equity(db, subject, span=span))
    limit_frac = profile.max_drawdown_frac
    with figures:
        room.show(sight, lambda curve: tiles(*_tiles(curve, subject.quote, limit_frac)))
    if sight.value is not None:
        simulated = subject.mark is Mark.SIMULATED
        draw_figure(
            equity_figure(
                sight.value, quote=subject.quote, limit_frac=limit_frac, simulated=simulated
            ),
            key="equity",
            says="Equity and drawdown over time, against the drawdown at which trading halts.",
        )


def _tiles(curve: EquityCurve, quote: str, limit_frac: float) -> Iterator[Html]:
    whole = formats.change_percent(curve.gain_frac)
    yield tile("Equity", formats.money(curve.last_quote, quote), f"{whole} over the span")
    today = formats.change_percent(curve.today_frac)
    tone = tone_of(curve.today_quote)
    yield tile("Today", formats.change(curve.today_quote, quote), today, tone)
    allowed = f"of {formats.percent(limit_frac, 0)} allowed"
    yield tile("Drawdown", formats.percent(curve.drawdown_frac), allowed)
