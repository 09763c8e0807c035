"""The frame round every page: navigation, whose money it is, who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final

import streamlit as st

from proratio_tradehub.dashboard.house import House, the_house
from proratio_tradehub.dashboard.look import Html, empty, joined, mark_badge, stale, tag
from proratio_tradehub.dashboard.pages import BRAKES, PAGES, PageEntry
from proratio_tradehub.dashboard.presence import present_visitor
from proratio_tradehub.dashboard.reading import Sight
from proratio_tradehub.dashboard.room import Room, place
from proratio_tradehub.dashboard.subject import (
    Subject,
    chosen_subject,
    read_subjects,
    with_reporting,
)
from proratio_tradehub.desk import read_reports

__all__ = ["run"]

_STYLE: Final = Path(__file__).with_name("style.css")
_OF: Final = "of"
"""The part of the address that says what the pages are about."""


def run() -> None:
    """Draw one visitor's page."""
    house = the_house()
    st.set_page_config(page_title="Proratio", layout="wide", initial_sidebar_state="collapsed")
    st.html(_STYLE)
    visitor = present_visitor(house)
    if visitor is None:
        place(joined(empty("Your session has ended", "Sign in again to go on."), _sign_in()))
        return
    subjects = _subjects(house)
    known = subjects.value or ()
    room = Room(house, visitor, chosen_subject(known, st.query_params.get(_OF)))
    pages = {entry: _streamlit_page(entry, room) for entry in PAGES}
    current = st.navigation(list(pages.values()), position="hidden")
    with st.container(key="p-head", horizontal=True, vertical_alignment="center", gap="small"):
        _head(room, list(pages.values()))
        if visitor.may_act:
            _stop(room, pages[BRAKES])
    _banner(room, subjects)
    current.run()


def _shower(entry: PageEntry, room: Room) -> Callable[[], None]:
    """Return what draws a page; its module is imported when it is first asked for."""

    def show() -> None:
        import_module(entry.module).show(room)

    return show


def _streamlit_page(entry: PageEntry, room: Room) -> st.Page:
    """Return a page for Streamlit's navigation; the first has no path of its own."""
    first = not entry.address
    path = None if first else entry.address
    return st.Page(_shower(entry, room), title=entry.title, url_path=path, default=first)


def _subjects(house: House) -> Sight[tuple[Subject, ...]]:
    """Return what there is to look at; bots that report to a file are there without PostgreSQL."""

    def look() -> tuple[Subject, ...]:
        return house.reader.read(read_subjects)

    stored = house.shelf.look("subjects", look, good_s=10.0)
    reports = house.shelf.look("reports", lambda: read_reports(house.settings), good_s=2.0)
    return Sight(
        with_reporting(stored.value or (), reports.value or ()), stored.read_at, stored.problem
    )


def _head(room: Room, pages: list[st.Page]) -> None:
    kept = {} if room.subject is None else {_OF: room.subject.key}
    place(tag("span", "Proratio", class_="p-brand"))
    with st.container(key="p-nav", horizontal=True, gap=None):
        for page in pages:
            st.page_link(page, label=page.title, query_params=kept)
    place(_who(room))


def _stop(room: Room, brakes: st.Page) -> None:
    """Place the way to the brakes, one click from every page."""
    kept = {} if room.subject is None else {_OF: room.subject.key}
    with st.container(key="p-stop"):
        st.page_link(brakes, label="■ Stop", query_params=kept)


def _who(room: Room) -> Html:
    visitor = room.visitor
    if visitor.since is not None:
        role, name = visitor.role.value, visitor.name
        return tag("a", role, href="/login", target="_self", class_="p-who", title=name)
    if room.house.door.has_sign_in:
        return joined(tag("span", f"{visitor.role} · ", class_="p-who"), _sign_in())
    return tag("span", visitor.role.value, class_="p-who")


def _sign_in() -> Html:
    return tag("a", "Sign in", href="/login", target="_self", class_="p-who")


def _banner(room: Room, subjects: Sight[tuple[Subject, ...]]) -> None:
    """Say whose money the page is about, and let the visitor choose another account."""
    if subjects.problem:
        place(stale(subjects.read_at, room.now, subjects.problem))
    if room.subject is None:
        return
    kind = room.subject.mark.name.lower().replace("_", "-")
    row = st.container(
        key=f"p-banner-{kind}", horizontal=True, vertical_alignment="center", gap="small"
    )
    with row:
        place(joined(mark_badge(room.subject.mark), tag("span", room.subject.title, class_="p-of")))
        if len(subjects.value or ()) > 1:
            _choose(room.subject, subjects.value or ())


def _choose(current: Subject, subjects: tuple[Subject, ...]) -> None:
    names = {subject.key: f"{subject.mark} · {subject.title}" for subject in subjects}
    keys = list(names)
    chosen = st.selectbox(
        "What to look at",
        keys,
        index=keys.index(current.key),
        format_func=names.__getitem__,
        label_visibility="collapsed",
        key=f"p-choose-{current.key}",
        width=320,
    )
    if chosen != current.key:
        st.query_params[_OF] = chosen
        st.rerun()
