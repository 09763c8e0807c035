"""Draws the page System: whether every process is well, then how the installation is set up."""

from __future__ import annotations

from typing import Final

from proratio_tradehub.dashboard.access.deeds import deed_file
from proratio_tradehub.dashboard.look import empty, tag
from proratio_tradehub.dashboard.room import Room, place
from proratio_tradehub.dashboard.system.installation import read_versions, shown_settings
from proratio_tradehub.dashboard.system.limits_form import show_limits_form
from proratio_tradehub.dashboard.system.log_tail import read_log_tail
from proratio_tradehub.dashboard.system.processes import process_lines
from proratio_tradehub.dashboard.system.queries import read_failures, read_providers, read_server
from proratio_tradehub.dashboard.system.view import (
    answer_bar,
    deeds_card,
    failures_card,
    log_card,
    processes_card,
    providers_card,
    settings_card,
    versions_card,
)

__all__ = ["show"]

_MOST: Final = 8


def show(room: Room) -> None:
    """Draw the page."""
    room.live(lambda: _processes(room))
    room.live(lambda: _what_happened(room), every_s=20.0)
    room.live(lambda: show_limits_form(room), every_s=None)
    _set_up(room)


def _processes(room: Room) -> None:
    settings = room.house.settings
    sight = room.glance("processes", lambda: process_lines(settings, room.now), good_s=2.0)
    lines = sight.value or ()
    if room.subject is None:
        place(empty("Nothing has run yet", "A demo fills every page in a minute.", "make demo"))
    place(answer_bar(lines))
    place(processes_card(lines))


def _what_happened(room: Room) -> None:
    now, settings = room.now, room.house.settings
    providers = room.see("providers", lambda db: read_providers(db, now), good_s=30.0)
    failures = room.see("failures", lambda db: read_failures(db, now, most=_MOST), good_s=10.0)
    log = room.glance("log", lambda: read_log_tail(settings, most=_MOST), good_s=10.0)
    deeds = deed_file(settings, room.house.clock).newest(_MOST)
    cards = (
        tag("div", room.drawn(providers, lambda one: providers_card(one, now)), class_="p-wide"),
        room.drawn(failures, lambda found: failures_card(found, now)),
        log_card(log.value),
        deeds_card(deeds, now),
    )
    place(tag("div", *cards, class_="p-grid"))


def _set_up(room: Room) -> None:
    server = room.see("server", read_server, good_s=60.0)
    cards = (
        versions_card(read_versions(), server.value, server.problem),
        tag("div", settings_card(shown_settings(room.house.settings)), class_="p-set-up"),
    )
    place(tag("div", *cards, class_="p-pair"))
