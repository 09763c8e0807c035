"""A room: what is known is drawn, what is old is said to be old, what is not known is said too."""

from __future__ import annotations

from pathlib import Path

import plotly.graph_objects as go

from proratio_core.clock import FixedClock
from proratio_core.errors import TransientError
from proratio_tradehub.dashboard.look import Html, tag
from proratio_tradehub.dashboard.reading import rows
from proratio_tradehub.dashboard.room import draw_figure, place
from tests.tradehub.dashboard.drawing import NOW, a_house, a_room, drawn, text_of


def _draw(value: int) -> Html:
    return tag("b", f"it is {value}")


def test_what_is_known_is_drawn(database_url: str, tmp_path: Path) -> None:
    with a_house(database_url, tmp_path) as house:
        room = a_room(house, None)
        sight = room.see("one", lambda database: rows(database, "SELECT 41 + 1")[0][0])
        page = drawn(lambda: room.show(sight, _draw))
    assert "it is 42" in text_of(page)
    assert room.now == NOW


def test_what_is_old_or_not_known_is_said(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    with a_house("postgresql://127.0.0.1:9/x", tmp_path, clock=clock) as house:
        room = a_room(house, None)
        unknown = room.see("one", lambda database: rows(database, "SELECT 1"))
        assert "No answer from PostgreSQL" in text_of(drawn(lambda: room.show(unknown, str)))
        room.glance("bot", lambda: 7)
        clock.sleep(9)
        old = room.glance("bot", _away)
        text = text_of(drawn(lambda: room.show(old, _draw)))
    assert "As of 2024-05-01 12:00 UTC, 9 s ago" in text
    assert "the bot is away" in text
    assert "it is 7" in text


def _away() -> int:
    raise TransientError("the bot is away")


def test_part_that_lives_is_drawn_alone(database_url: str, tmp_path: Path) -> None:
    with a_house(database_url, tmp_path) as house:
        room = a_room(house, None)
        page = drawn(lambda: room.live(lambda: place(tag("b", "alive"))))
    assert "alive" in text_of(page)


def test_figure_says_what_it_shows() -> None:
    page = drawn(lambda: draw_figure(go.Figure(), key="equity", says="It goes up."))
    assert "It goes up." in text_of(page)


def test_nothing_is_placed_for_nothing() -> None:
    assert text_of(drawn(lambda: place(Html()))) == ""


def test_secret_in_what_is_quoted_is_masked_on_the_page(tmp_path: Path) -> None:
    with a_house("postgresql://me:canary-4711@127.0.0.1:9/x", tmp_path):
        page = drawn(lambda: place(tag("p", "the log says canary-4711")))
    assert "the log says ***" in text_of(page)
