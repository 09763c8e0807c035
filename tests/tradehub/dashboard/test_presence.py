"""Who is at a page is asked anew at every action."""

from __future__ import annotations

from pathlib import Path

from proratio_tradehub.dashboard.access import Door, Role, Visitor
from proratio_tradehub.dashboard.presence import present_visitor, this_window
from tests.tradehub.dashboard.drawing import a_house, drawn


def _seen(database_url: str, folder: Path, door: Door) -> Visitor | None:
    found: list[Visitor | None] = []
    with a_house(database_url, folder, door=door) as house:
        drawn(lambda: found.append(present_visitor(house)))
    return found[0]


def test_stranger_is_what_the_door_makes_of_them(database_url: str, tmp_path: Path) -> None:
    operator = _seen(database_url, tmp_path, Door(None, None, Role.OPERATOR))
    assert operator is not None
    assert operator.may_act


def test_nobody_is_there_where_a_password_is_set(database_url: str, tmp_path: Path) -> None:
    assert _seen(database_url, tmp_path, Door("x", "y", None)) is None


def test_window_keeps_its_name_and_has_it_alone() -> None:
    names: list[str] = []
    page = drawn(lambda: names.append(this_window()))
    assert names[0]
    assert page.session_state["p-window"] == names[0]
    drawn(lambda: names.append(this_window()))
    assert len(set(names)) == 2
