"""Draws the page Market: several markets side by side, each with what was done on it and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from proratio_core.candles.store import StoredSeries
from proratio_core.values import SIMULATED
from proratio_tradehub.dashboard.consensus.queries import read_sheet
from proratio_tradehub.dashboard.consensus.view import voters
from proratio_tradehub.dashboard.downloads import Offer, offer_tables
from proratio_tradehub.dashboard.look import Html, away, empty, joined, note
from proratio_tradehub.dashboard.market.figure import book_figure, market_figure
from proratio_tradehub.dashboard.market.pane import Deal, Pane, Ruling
from proratio_tradehub.dashboard.market.queries import (
    read_book,
    read_markets,
    read_pane,
    read_verdict,
)
from proratio_tradehub.dashboard.market.view import (
    book_card,
    deal_card,
    market_tiles,
    verdict_card,
)
from proratio_tradehub.dashboard.room import Room, draw_clickable_figure, draw_figure, place
from proratio_tradehub.dashboard.subject import Subject

__all__ = ["show"]

_SPANS: Final = {"100 candles": 100, "250": 250, "500": 500, "1,000": 1_000}
_USUAL: Final = "250"
_MOST_PANES: Final = 4


def show(room: Room) -> None:
    """Draw the page."""
    subject = room.subject
    if subject is None:
        place(empty("Nothing has run yet", "A demo fills every page in a minute.", "make demo"))
        return
    exchange = SIMULATED if subject.exchange == "" else subject.exchange
    sight = room.see(
        ("markets", exchange), lambda database: read_markets(database, exchange), good_s=30.0
    )
    if sight.value is None:
        place(away("PostgreSQL", sight.problem))
    elif not sight.value:
        remedy = f"No candles of {exchange} are stored."
        place(empty("No candles yet", remedy, "proratio data download --help"))
    else:
        _markets(room, subject, sight.value)


def _markets(room: Room, subject: Subject, known: Sequence[StoredSeries]) -> None:
    """Let the visitor choose markets and a span, and draw them side by side."""
    names = {f"{one.key.pair} {one.key.timeframe}": one for one in known}
    with st.container(horizontal=True, vertical_alignment="bottom", key="p-filters"):
        chosen = st.multiselect(
            "Markets", list(names), default=[_usual(names)], max_selections=_MOST_PANES,
            key=f"markets {subject.key}",
        )  # fmt: skip
        span = st.segmented_control("Span", list(_SPANS), default=_USUAL, key="market span")
    if not chosen:
        place(note("Choose a market."))
        return
    candles = _SPANS[span or _USUAL]
    for begin in range(0, len(chosen), 2):
        columns = st.columns(len(chosen[begin : begin + 2]), gap="small")
        for name, column in zip(chosen[begin : begin + 2], columns, strict=True):
            with column:
                _market(room, subject, names[name], candles)


def _usual(names: dict[str, StoredSeries]) -> str:
    """Return the market shown first: an hourly one where there is one."""
    return next((name for name in names if name.endswith(" 1h")), next(iter(names)))


def _market(room: Room, subject: Subject, stored: StoredSeries, candles: int) -> None:
    room.live(lambda: _draw(room, subject, stored, candles), every_s=30.0)


def _draw(room: Room, subject: Subject, stored: StoredSeries, candles: int) -> None:
    sight = room.see(
        ("pane", subject.key, stored.id, candles),
        lambda database: read_pane(database, stored, subject, candles=candles),
        good_s=10.0,
    )
    pane = sight.value
    if pane is None:
        place(away("PostgreSQL", sight.problem) if sight.problem else note("No candle is stored."))
        return
    place(market_tiles(pane, room.now))
    key = f"market-{stored.id}"
    figure = market_figure(pane, simulated=stored.key.is_simulated)
    says = (
        f"Candles of {stored.key} with entries, exits, stops and votes. Click on a mark to see why."
    )
    _why(room, subject, pane, _mark_of(draw_clickable_figure(figure, key=key, says=says)))
    book = room.see(("book", stored.id), lambda database: read_book(database, stored))
    if book.value is not None:
        book_says = "How much can be bought and sold down to each price."
        depth = book_figure(book.value, simulated=stored.key.is_simulated)
        draw_figure(depth, key=f"book-{stored.id}", says=book_says)
    place(book_card(book.value, room.now))
    offer_tables(_offers(pane), key=key)


def _offers(pane: Pane) -> list[Offer]:
    """Return what is drawn of a market as tables."""
    name = f"{pane.stored.key.pair} {pane.stored.key.timeframe}"
    drawn = {
        f"candles {name}": ("a candle of the span with its indicators", pane.candles),
        f"trades {name}": ("a trade within the span", pd.DataFrame(map(asdict, pane.deals))),
        f"votes {name}": ("a vote within the span", pd.DataFrame(map(asdict, pane.rulings))),
    }
    return [
        Offer(title, says, partial(pd.DataFrame, frame))
        for title, (says, frame) in drawn.items()
        if not frame.empty
    ]


def _mark_of(data: object) -> tuple[str, int] | None:
    """Return what was clicked on: `deal` and its position, or `vote` and its number."""
    match data:
        case [("deal" | "vote") as kind, int(number)]:
            return kind, number
        case _:
            return None


def _why(room: Room, subject: Subject, pane: Pane, clicked: tuple[str, int] | None) -> None:
    """Place the opinions and the verdict behind the mark that was clicked on."""
    if clicked is None:
        place(note("Click on an entry, an exit or a vote to see the opinions and the verdict."))
        return
    kind, number = clicked
    if kind == "vote":
        _opinions(room, number)
    elif number < len(pane.deals):
        deal = pane.deals[number]
        place(joined(deal_card(deal, pane.stored.key.pair.quote), _verdict(room, subject, deal)))
        vote_id = _vote_behind(pane, deal)
        if vote_id is not None:
            _opinions(room, vote_id)


def _verdict(room: Room, subject: Subject, deal: Deal) -> Html | None:
    account = subject.account
    if account is None:
        return None
    sight = room.see(
        ("verdict", account, deal.tag), lambda db: read_verdict(db, account, deal), good_s=60.0
    )
    return verdict_card(sight.value)


def _vote_behind(pane: Pane, deal: Deal) -> int | None:
    """Return the vote on the candle that a deal's signal names."""
    return next((one.vote_id for one in pane.rulings if deal.tag and _names(deal.tag, one)), None)


def _names(tag: str, ruling: Ruling) -> bool:
    return tag.endswith(f"@{ruling.as_of:%Y-%m-%dT%H:%M}Z")


def _opinions(room: Room, vote_id: int) -> None:
    sight = room.see(("vote", vote_id), lambda db: read_sheet(db, vote_id), good_s=60.0)
    place(away("PostgreSQL", sight.problem) if sight.value is None else voters(sight.value))
