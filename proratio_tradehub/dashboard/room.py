"""What a page is given: the installation, who looks, what about, and how to look and to draw."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

import plotly.graph_objects as go
import streamlit as st

from proratio_core.database import Database
from proratio_tradehub.dashboard.access import Visitor
from proratio_tradehub.dashboard.charts import figure_page
from proratio_tradehub.dashboard.house import House, secretless
from proratio_tradehub.dashboard.look import Html, away, joined, stale, tag
from proratio_tradehub.dashboard.reading import Sight
from proratio_tradehub.dashboard.subject import Subject

__all__ = ["Room", "draw_clickable_figure", "draw_figure", "place"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Room:
    """One visitor's page.

    Parameters
    ----------
    house
        What all visitors share.
    visitor
        Who looks, as of this run of the script.
    subject
        What they look at; None in an installation where nothing ever ran.
    """

    house: House
    visitor: Visitor
    subject: Subject | None

    @property
    def now(self) -> datetime:
        """The time it is, UTC."""
        return self.house.clock.now()

    def see(
        self, key: Hashable, ask: Callable[[Database], _T], *, good_s: float = 4.0
    ) -> Sight[_T]:
        """Return what `ask` finds in the database, at most `good_s` seconds old.

        Parameters
        ----------
        key
            Names the question with everything it depends on; visitors who ask the same share the
            answer.
        ask
            Reads; nothing it does can write.
        """
        shelf, reader = self.house.shelf, self.house.reader
        return shelf.look(key, lambda: reader.read(ask), good_s=good_s)

    def glance(self, key: Hashable, read: Callable[[], _T], *, good_s: float = 4.0) -> Sight[_T]:
        """Return what `read` finds anywhere else: a file, the bot."""
        return self.house.shelf.look(key, read, good_s=good_s)

    def live(self, draw: Callable[[], None], *, every_s: float | None = 5.0) -> None:
        """Draw a part of the page that is drawn again by itself, alone, while the session lasts."""

        def part() -> None:
            if not self.house.visitors.is_signed_in(self.visitor):
                st.rerun()
            draw()

        st.fragment(part, run_every=every_s)()

    def drawn(
        self, sight: Sight[_T], draw: Callable[[_T], Html], *, what: str = "PostgreSQL"
    ) -> Html:
        """Return what is drawn from a sight; it says when that is old, or when nothing is known."""
        if sight.value is None:
            return away(what, sight.problem)
        if sight.problem:
            return joined(stale(sight.read_at, self.now, sight.problem), draw(sight.value))
        return draw(sight.value)

    def show(
        self, sight: Sight[_T], draw: Callable[[_T], Html], *, what: str = "PostgreSQL"
    ) -> None:
        """Place what `drawn` returns."""
        place(self.drawn(sight, draw, what=what))


def place(markup: Html) -> None:
    """Put markup of our own on the page; the type says that it was made by `tag`."""
    if markup:
        st.html(secretless(markup))


def draw_figure(figure: go.Figure, *, key: str, says: str) -> None:
    """Draw a figure.

    Parameters
    ----------
    figure
        Dressed by `charts.dressed`.
    key
        Names it on its page.
    says
        In a sentence what it shows, for those who do not see it.
    """
    with _figure_room(key, says):
        st.plotly_chart(figure, theme=None, key=key, config=_CALM)
        _offer(figure, key)


def draw_clickable_figure(figure: go.Figure, *, key: str, says: str) -> Any:
    """Draw a figure whose marks can be clicked on; return the `customdata` of the one that was.

    None where nothing was clicked on yet, or what was clicked on has none.
    """
    with _figure_room(key, says):
        event = st.plotly_chart(
            figure, theme=None, key=key, config=_CALM, on_select="rerun", selection_mode="points"
        )
        _offer(figure, key)
    points = event.selection.points
    return points[0].get("customdata") if points else None


def _offer(figure: go.Figure, key: str) -> None:
    """Draw the button that takes a figure away as a page; the page is made when it is clicked."""
    st.download_button(
        "HTML",
        partial(figure_page, figure),
        file_name=f"proratio-{key}.html",
        mime="text/html",
        key=f"p-take-{key}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        help="Download this figure as a page of its own",
    )


def _figure_room(key: str, says: str) -> AbstractContextManager[object]:
    """Return the frame of a figure, with what it says for those who do not see it."""
    frame: AbstractContextManager[object] = st.container(key=f"p-figure-{key}")
    with frame:
        place(tag("p", says, class_="p-unseen"))
    return frame


_CALM: Final = {"displayModeBar": False, "responsive": True}
