"""Draws the page Lab: what was run, how far it may be believed, and the start of another run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from proratio_tradehub.dashboard.downloads import offer_tables, stored_table
from proratio_tradehub.dashboard.lab.gates import see_gates
from proratio_tradehub.dashboard.lab.queries import read_runs
from proratio_tradehub.dashboard.lab.runs import RunLine, columns_of
from proratio_tradehub.dashboard.lab.sheet_part import chosen_of, show_pair, show_run
from proratio_tradehub.dashboard.lab.start_part import show_launch, show_start
from proratio_tradehub.dashboard.look import away, empty, note, stale
from proratio_tradehub.dashboard.room import Room, place
from proratio_tradehub.dashboard.run_tables import run_offers

__all__ = ["show"]

_MOST: Final = 200
_COMMAND: Final = "proratio backtest AIEnhancedTrend --profile offline --compare-ungated"


def show(room: Room) -> None:
    """Draw the page."""
    gates = see_gates(room)
    sight = room.see("runs", lambda db: read_runs(db, gates, most=_MOST), good_s=3.0)
    if sight.value is None:
        place(away("PostgreSQL", sight.problem))
        return
    if sight.problem:
        place(stale(sight.read_at, room.now, sight.problem))
    show_launch(room)
    show_start(room, gates)
    if not sight.value:
        place(empty("Nothing was backtested yet", "Run a strategy on stored candles.", _COMMAND))
        return
    chosen = _chosen(sight.value)
    if len(chosen) == 2:
        show_pair(room, *chosen)
    else:
        (line,) = chosen
        alike = sum(other.strategy == line.strategy for other in sight.value)
        show_run(room, line, relatives=alike)
    offers = [stored_table(room, "runs")]
    for line in chosen:
        offers += run_offers(room, line.hash, f"{line.strategy}, {line.gate}, {line.span}")
    offer_tables(offers, key="lab")


def _chosen(lines: Sequence[RunLine]) -> tuple[RunLine, ...]:
    """List the runs, and let the visitor choose one, or two to compare."""
    count = {1: "1 run", _MOST: f"The newest {_MOST} runs"}.get(len(lines), f"{len(lines)} runs")
    place(note(f"{count}; choose one for its tear sheet, two to compare them."))
    event = st.dataframe(
        columns_of(lines),
        hide_index=True,
        height=min(38 + 35 * len(lines), 248),
        on_select="rerun",
        selection_mode="multi-row",
        column_config=_COLUMNS,
        key=f"runs since {lines[0].key}",
    )
    return chosen_of(lines, event.selection.rows)


_COLUMNS: Final = {
    name: st.column_config.NumberColumn(format=form)
    for name, form in (
        ("Profit, %", "%+.2f"),
        ("Sharpe", "%.2f"),
        ("± 95 %", "%.2f"),
        ("Drawdown, %", "%.2f"),
        ("Trades", "localized"),
        ("Refused", "localized"),
    )
}
