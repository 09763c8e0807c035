"""The page Now where nothing ever traded: the newest backtest, as what it is."""

from __future__ import annotations

from typing import Final

import streamlit as st

from proratio_core.database import Database
from proratio_tradehub.dashboard.downloads import offer_tables
from proratio_tradehub.dashboard.look import empty
from proratio_tradehub.dashboard.now.equity_part import limits_of, show_equity
from proratio_tradehub.dashboard.now.run import RunFigures, run_card, run_tiles, trades_card
from proratio_tradehub.dashboard.reading import rows
from proratio_tradehub.dashboard.room import Room, place
from proratio_tradehub.dashboard.run_tables import run_offers
from proratio_tradehub.dashboard.subject import Subject

__all__ = ["read_run", "show_run"]

_MOST_TRADES: Final = 12
_RUN: Final = (
    "SELECT specification_hash, strategy, timerange, specification->>'profile', "
    "specification->>'timeframe', created_at, metrics, refusals, "
    "(SELECT coalesce(jsonb_agg(trade ORDER BY place), '[]') FROM "
    "(SELECT * FROM jsonb_array_elements(trades) WITH ORDINALITY AS whole(trade, place) "
    "ORDER BY place DESC LIMIT %s) AS last) FROM backtest_run WHERE id = %s"
)


def read_run(database: Database, run_id: int) -> tuple[RunFigures, ...]:
    """Return a backtest; nothing when it is not stored any more."""
    found = rows(database, _RUN, (_MOST_TRADES, run_id))
    return tuple(RunFigures(*row) for row in found)


def show_run(room: Room, subject: Subject, run_id: int) -> None:
    """Draw the page for a backtest."""
    sight = room.see(("run", run_id), lambda database: read_run(database, run_id), good_s=60.0)
    if sight.value == ():
        place(empty("This backtest is not stored any more", "Choose another one above."))
        return
    limit_frac = limits_of(room).max_drawdown_frac
    room.show(sight, lambda runs: run_tiles(runs[0], subject.quote, limit_frac))
    left, right = st.columns([1.9, 1], gap="small")
    with left:
        room.live(lambda: show_equity(room, subject), every_s=None)
    with right:
        room.show(sight, lambda runs: run_card(runs[0], subject.quote))
    room.show(sight, lambda runs: trades_card(runs[0], subject.quote))
    for run in sight.value or ():
        offers = run_offers(room, run.hash, f"{run.strategy}, {run.timerange}")
        offer_tables(offers, key="now run")
