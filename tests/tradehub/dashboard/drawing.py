"""Runs what draws a page without a browser, and returns what it put on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from streamlit.testing.v1 import AppTest

from proratio_core.clock import Clock, FixedClock
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.access import Door, Role, Visitor
from proratio_tradehub.dashboard.house import House, opened_house
from proratio_tradehub.dashboard.room import Room
from proratio_tradehub.dashboard.subject import Subject

__all__ = ["DRAWN", "NOW", "a_house", "a_room", "drawn", "text_of"]

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
DRAWN: list[Callable[[], None]] = []
_SCRIPT = "from tests.tradehub.dashboard.drawing import DRAWN\nDRAWN[-1]()"


def drawn(draw: Callable[[], None]) -> AppTest:
    """Return the page that `draw` makes; an exception in it is raised here."""
    DRAWN.append(draw)
    try:
        page = AppTest.from_string(_SCRIPT, default_timeout=20).run()
    finally:
        DRAWN.pop()
    assert not page.exception, page.exception
    return page


def text_of(page: AppTest) -> str:
    """Return all markup of our own on a page."""
    return "\n".join(element.proto.body for element in page.get("html"))


@contextmanager
def a_house(
    database_url: str, folder: Path, *, clock: Clock | None = None, door: Door | None = None
) -> Iterator[House]:
    """Yield a house on a test's database."""
    settings = Settings(DATABASE_URL=database_url, PRORATIO_USER_DATA=folder)
    door = door or Door(None, None, Role.VIEWER)
    with opened_house(settings, clock or FixedClock(NOW), door) as house:
        yield house


def a_room(house: House, subject: Subject | None, role: Role = Role.VIEWER) -> Room:
    """Return a room in a house."""
    return Room(house, Visitor(f"{role} at 127.0.0.1", role), subject)
