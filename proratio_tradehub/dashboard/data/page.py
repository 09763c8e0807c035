"""Draws the page Data: what is stored of an exchange, as a map and in figures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from proratio_core.candles.store import StoredSeries
from proratio_core.values import SIMULATED, SeriesKind
from proratio_tradehub.dashboard.data.coverage import SeriesCoverage
from proratio_tradehub.dashboard.data.coverage_frame import series_frame
from proratio_tradehub.dashboard.data.coverage_map import coverage_map
from proratio_tradehub.dashboard.data.queries import (
    exported_version,
    read_gaps,
    read_months,
    read_series,
)
from proratio_tradehub.dashboard.data.view import coverage_tiles, gaps_card, series_card
from proratio_tradehub.dashboard.downloads import Offer, offer_tables
from proratio_tradehub.dashboard.look import empty, note
from proratio_tradehub.dashboard.room import Room, draw_figure, place

__all__ = ["show"]

_MOST_GAPS: Final = 40
_MOST_SERIES: Final = 60
"""As many rows as a person can still compare on one map."""

_KEPT_S: Final = 86_400.0
"""What was counted of a version of a series stays true; it only gives way to newer questions."""


def show(room: Room) -> None:
    """Draw the page."""
    sight = room.see(("series",), read_series, good_s=30.0)
    if not sight.value:
        room.show(sight, lambda _: empty("No candles yet", "Get a year of them.", _DOWNLOAD))
        return
    exchange = _chosen(room, sorted({stored.key.exchange for stored in sight.value}))
    of_exchange = [stored for stored in sight.value if stored.key.exchange == exchange]
    room.live(lambda: _draw(room, of_exchange, exchange), every_s=60.0)


_DOWNLOAD: Final = "proratio data download --pairs BTC/USDT ETH/USDT --timeframe 1h --days 365"


def _chosen(room: Room, exchanges: Sequence[str]) -> str:
    """Return the exchange whose series are shown: what the subject trades on, unless chosen."""
    if len(exchanges) == 1:
        return exchanges[0]
    account = (room.subject.account or "") if room.subject is not None else ""
    usual = next((one for one in exchanges if f" {one} " in account), exchanges[0])
    chosen = st.segmented_control(
        "Exchange", exchanges, default=usual, key="exchange", label_visibility="collapsed"
    )
    return str(chosen or usual)


def _draw(room: Room, of_exchange: Sequence[StoredSeries], exchange: str) -> None:
    shown = [_coverage(room, stored) for stored in of_exchange[:_MOST_SERIES]]
    place(coverage_tiles(shown, room.now))
    simulated = exchange == SIMULATED
    with_rows = [one for one in shown if one.months]
    for kind, says in _KINDS.items():
        of_kind = [one for one in with_rows if one.stored.key.kind is kind]
        if of_kind:
            figure = coverage_map(of_kind, simulated=simulated)
            draw_figure(figure, key=f"coverage-{kind.value}", says=says)
    hidden = len(of_exchange) - len(shown)
    if hidden > 0:
        place(note(f"{hidden} more series are stored; `proratio data status` lists them all."))
    ids = [stored.id for stored in of_exchange]
    gaps = room.see(("gaps", exchange), lambda db: read_gaps(db, ids, most=_MOST_GAPS), good_s=60.0)
    room.show(gaps, lambda found: gaps_card(found, _MOST_GAPS))
    data = room.house.settings.user_data / "data"
    exported = room.glance(
        ("exported", exchange),
        lambda: {stored.id: exported_version(data, stored) for stored in of_exchange},
        good_s=30.0,
    )
    place(series_card(shown, exported.value or {}, room.now))
    says = f"what is stored of {exchange}, a row a series"
    offer_tables([Offer("series", says, partial(series_frame, shown))], key="data")


_KINDS: Final = {
    SeriesKind.CANDLE: "Candles stored of each series and month; a month that is not whole says "
    "how many percent of it are there.",
    SeriesKind.MARK: "Mark price candles stored of each series and month.",
    SeriesKind.FUNDING: "Funding rates stored of each series and month.",
}


def _coverage(room: Room, stored: StoredSeries) -> SeriesCoverage:
    """Return a series with its months, counted once a version."""
    sight = room.see(
        ("months", stored.id, stored.version), lambda db: read_months(db, stored), good_s=_KEPT_S
    )
    return SeriesCoverage(stored, sight.value or ())
