"""Draws the page Track record: what was predicted against what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from proratio_tradehub.dashboard.charts import dressed
from proratio_tradehub.dashboard.downloads import Offer, offer_tables
from proratio_tradehub.dashboard.look import (
    away,
    card,
    empty,
    formats,
    joined,
    loading,
    note,
    tag,
)
from proratio_tradehub.dashboard.reading import Work
from proratio_tradehub.dashboard.room import Room, draw_figure, place
from proratio_tradehub.dashboard.track_record.judging import PanelEntry, Record, judge, read_panels
from proratio_tradehub.dashboard.track_record.view import (
    bill_card,
    caveats_card,
    record_bar,
    record_tiles,
    sheet_card,
)
from proratio_tradehub.track_record import Sheet, sheets_of
from proratio_tradehub.track_record.curves import figures_by_name
from proratio_tradehub.trade_costs import TradeCost

__all__ = ["show"]

_GOOD_S: Final = 1_800.0
_SAYS: Final = {
    "accuracy": ("Right, with 95% intervals", "How often each voter called the direction right."),
    "reliability": ("Is confidence worth its name", "Right against the confidence stated."),
    "agreement": ("Same action", "How often two voters recommend the same."),
    "cost": ("What it cost", "Dollars spent on the candles of each day or week, by voter."),
}


def show(room: Room) -> None:
    """Draw the page."""
    exchange = "" if room.subject is None else room.subject.exchange
    panels = room.see(("panels", exchange), lambda db: read_panels(db, exchange), good_s=60.0)
    if panels.value is None:
        place(away("PostgreSQL", panels.problem))
        return
    if not panels.value:
        remedy = "There is a record once a panel was asked and its candles have passed."
        place(empty("Nobody was asked here yet", remedy, "proratio signals backfill --help"))
        return
    panel = _chosen(panels.value)
    work = _work(room, panel, exchange)
    if work.since is not None:
        room.live(lambda: _waiting(room, panel, exchange), every_s=2.0)
    if work.sight.value is not None:
        _record(work.sight.value)
    elif work.sight.problem:
        place(away("the work", work.sight.problem))


def _chosen(panels: Sequence[PanelEntry]) -> PanelEntry:
    names = {panel.title: panel for panel in panels}
    title = st.selectbox("Panel", list(names), key="panel", label_visibility="collapsed", width=360)
    return names[title or panels[0].title]


def _work(room: Room, panel: PanelEntry, exchange: str) -> Work[Record]:
    """Have the panel judged unless that was done within the last half hour."""
    house, account = room.house, None if room.subject is None else room.subject.account
    job = partial(
        judge,
        house.reader.access(),
        panel,
        exchange,
        account,
        models_folder=house.settings.user_data,
        until=house.clock.now(),
    )
    key = ("record", panel.document, panel.timeframe, exchange, account)
    return house.workroom.look(key, job, good_s=_GOOD_S)


def _waiting(room: Room, panel: PanelEntry, exchange: str) -> None:
    """Say that the record is being worked out; draw the page again when it is there."""
    work = _work(room, panel, exchange)
    if work.since is None:
        st.rerun()
        return
    passed = formats.duration((room.now - work.since).total_seconds())
    text = f"The record is being worked out from every vote and candle ({passed})."
    bones = loading() if work.sight.value is None else None
    place(joined(card("Under way", note(text), bones)))


def _record(record: Record) -> None:
    """Place the verdict, the figures, and every table behind them."""
    scorecard = record.scorecard
    headline, *sheets = sheets_of(scorecard) or (None,)
    place(joined(record_bar(scorecard), record_tiles(scorecard)))
    figures = figures_by_name(scorecard)
    for first in range(0, len(figures), 2):
        columns = st.columns(2, gap="small")
        for column, name in zip(columns, list(figures)[first : first + 2], strict=False):
            title, says = _SAYS[name]
            with column:
                place(tag("h2", title, class_="p-over"))
                figure = dressed(figures[name], height_px=320, simulated=scorecard.is_simulated)
                draw_figure(figure.update_yaxes(side="left"), key=f"record-{name}", says=says)
    if headline is not None:
        place(sheet_card(headline))
    place(joined(bill_card(record.trades), caveats_card(scorecard), *map(sheet_card, sheets)))
    offers = [_offer_of(sheet) for sheet in sheets_of(scorecard)]
    offer_tables([*offers, *_bill_offer(record.trades)], key="record")


def _offer_of(sheet: Sheet) -> Offer:
    """Return the offer of one table of the record, its figures as they are shown."""
    make = partial(pd.DataFrame, list(sheet.rows), columns=list(sheet.columns))
    return Offer(sheet.title, "as it is shown", make)


def _bill_offer(trades: Sequence[TradeCost]) -> list[Offer]:
    """Return the offer of what every trade cost, in numbers; nothing where there is none."""
    make = partial(pd.DataFrame, [asdict(trade) for trade in trades])
    return [Offer("What a trade paid for its votes", "US dollars", make)] if trades else []
