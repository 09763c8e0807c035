"""The part of the page that judges the chosen run, or the two that are chosen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Final, TypeVar

import plotly.graph_objects as go
import streamlit as st

from proratio_tradehub.dashboard.lab.judging import Judgement, judge_pair, judge_run
from proratio_tradehub.dashboard.lab.runs import RunLine
from proratio_tradehub.dashboard.lab.view import (
    measures_card,
    pair_bar,
    pair_cards,
    points_card,
    run_bar,
    run_card,
    run_tiles,
)
from proratio_tradehub.dashboard.look import (
    Tone,
    card,
    degraded,
    empty,
    formats,
    joined,
    loading,
    note,
    tag,
)
from proratio_tradehub.dashboard.room import Room, draw_figure, place

__all__ = ["chosen_of", "show_pair", "show_run"]

_T = TypeVar("_T")
_GOOD_S: Final = 86_400.0
"""A stored run does not change, and neither does what is to be said of it."""

_SAYS: Final = {
    "curves": ("Equity and drawdown", "The wallet, and below it how far it was under its peak."),
    "fan": ("Where it might have ended", "Equity with the bands of resampled days."),
    "regimes": ("In which market it earned", "Equity by the kind of market each day began in."),
    "months": ("Months", "The return of each month."),
    "distribution": ("Days", "How often each daily return came about."),
    "rolling": ("Rolling Sharpe", "The Sharpe ratio over a window that moves along."),
    "sensitivity": (
        "Around the optimum: yearly Sharpe ratio",
        "The Sharpe ratio for each pair of values of two parameters over the same candles.",
    ),
    "walk": (
        "Chosen on one span, run on the next: put together from stored runs",
        "The wallet over all tests, and the Sharpe ratios in training and in the test.",
    ),
}


def show_run(room: Room, line: RunLine, *, relatives: int = 0) -> None:
    """Draw the tear sheet of a run.

    Parameters
    ----------
    room, line
        For whom, and the run.
    relatives
        How many runs of the same strategy there are: another one may belong to the same search.
    """
    place(joined(run_bar(line), run_tiles(line)))
    job = partial(judge_run, room.house.reader.access(), room.house.settings, line.hash)
    found = _worked_out(room, ("sheet", line.hash, line.created_at, relatives), job)
    if found is None:
        place(run_card(line))
        return
    cards = (
        points_card("How sure the Sharpe ratio is", [*found.certainty, found.risk]),
        points_card("Before you believe it", found.caveats, tone=Tone.WARN),
        run_card(line),
    )
    place(tag("div", *cards, class_="p-grid"))
    _draw_figures(found)
    place(measures_card(found))
    _draw_research(found, line)


def show_pair(room: Room, first: RunLine, second: RunLine) -> None:
    """Draw two runs beside each other, the older one second."""
    job = partial(judge_pair, room.house.reader.access(), first.hash, second.hash)
    key = ("pair", first.hash, second.hash, first.created_at, second.created_at)
    found = _worked_out(room, key, job)
    if found is None:
        return
    place(pair_bar(first, second, found))
    draw_figure(found.figure, key="pair", says="The gain of both wallets over time, in percent.")
    place(pair_cards(found))


def _draw_figures(found: Judgement) -> None:
    wide, *others = found.figures
    _draw(wide, found.figures[wide])
    for begin in range(0, len(others), 2):
        row = others[begin : begin + 2]
        for column, name in zip(st.columns(len(row), gap="small"), row, strict=True):
            with column:
                _draw(name, found.figures[name])


def _draw_research(found: Judgement, line: RunLine) -> None:
    """Draw what the searches this run belongs to came to, or how to search."""
    left, right = st.columns(2, gap="small")
    for column, name in ((left, "sensitivity"), (right, "walk")):
        with column:
            if name in found.research:
                _draw(name, found.research[name])
            else:
                title, remedy, command = _SEARCHES[name]
                place(empty(title, remedy, f"proratio {command.format(line.strategy)}"))


_SEARCHES: Final = {
    "sensitivity": (
        "No sweep of this run",
        "With two parameters varied over the same candles, their scores are drawn here as a map.",
        "sweep {} --help",
    ),
    "walk": (
        "No walk forward of this run",
        "With parameters chosen on one span and run on the next, both are drawn here.",
        "walk-forward {} --help",
    ),
}


def _draw(name: str, figure: go.Figure) -> None:
    title, says = _SAYS[name]
    place(tag("h2", title, class_="p-over"))
    draw_figure(figure, key=f"sheet-{name}", says=says)


def _worked_out(room: Room, key: Hashable, job: Callable[[], _T]) -> _T | None:
    """Return what was found; while it is worked out, say so and look again every second."""
    work = room.house.workroom.look(key, job, good_s=_GOOD_S)
    if work.since is not None:
        room.live(lambda: _waiting(room, key, job), every_s=1.0)
    elif work.sight.value is None:
        place(degraded("It cannot be judged", work.sight.problem))
    return work.sight.value


def _waiting(room: Room, key: Hashable, job: Callable[[], object]) -> None:
    work = room.house.workroom.look(key, job, good_s=_GOOD_S)
    if work.since is None:
        st.rerun()
    passed = formats.duration((room.now - work.since).total_seconds()) if work.since else ""
    place(card("Under way", note(f"Its days are being resampled ({passed})."), loading()))


def chosen_of(lines: Sequence[RunLine], places: Sequence[int]) -> tuple[RunLine, ...]:
    """Return the lines at the chosen places, the newest where none is; two at most."""
    known = [lines[at] for at in sorted(places) if at < len(lines)]
    return tuple(known[:2]) or tuple(lines[:1])
