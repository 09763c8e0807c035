"""The brakes as widgets: an operator has them, a viewer has none."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from proratio_core.database import Database
from proratio_tradehub.dashboard.access import Role
from proratio_tradehub.dashboard.house import House
from proratio_tradehub.dashboard.risk.controls import show_controls
from proratio_tradehub.halts import Action, HaltEvent, HaltLedger
from tests.tradehub.dashboard.drawing import DRAWN, NOW, a_room, drawn, text_of
from tests.tradehub.dashboard.risk.made import a_braked_house


def _opened(house: House, role: Role = Role.OPERATOR) -> AppTest:
    room = a_room(house, None, role)
    DRAWN.append(lambda: show_controls(room))
    return drawn(DRAWN[-1])


def _review(page: AppTest, reason: str) -> AppTest:
    page.text_input[0].set_value(reason)
    return page.button[0].click().run()


def test_halt_takes_a_reason_a_review_and_a_confirmation(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        page = _opened(house)
        page = _review(page, "")
        assert "say in a few words why" in text_of(page)
        page = _review(page, "exchange looks odd")
        assert "No bot opens a position" in text_of(page)
        assert HaltLedger(database).read() == ()
        page = page.button(key="p-order-do").click().run()
        assert "Halted." in text_of(page)
        assert not page.exception
        DRAWN.pop()
    (event,) = HaltLedger(database).read()
    assert (event.action, event.reason) == (Action.HALT, "exchange looks odd")


def test_other_orders_meanwhile_have_to_be_confirmed_anew(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    other = HaltEvent.now(Action.REDUCE_ONLY, reason="thin book", by="another", at=NOW)
    with a_braked_house(database_url, tmp_path) as house:
        page = _review(_opened(house), "odd")
        HaltLedger(database).add([other])
        page = page.button(key="p-order-do").click().run()
        assert "meanwhile the orders changed" in text_of(page)
        assert HaltLedger(database).read() == (other,)
        page = page.button(key="p-order-do").click().run()
        DRAWN.pop()
    assert [event.action for event in HaltLedger(database).read()][1:] == [Action.HALT]


def test_cancelled_order_is_gone(database: Database, database_url: str, tmp_path: Path) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        page = _review(_opened(house), "odd")
        page = page.button(key="p-order-cancel").click().run()
        assert len(page.text_input) == 1
        DRAWN.pop()
    assert HaltLedger(database).read() == ()


def test_viewer_finds_no_widget(database_url: str, tmp_path: Path) -> None:
    with a_braked_house(database_url, tmp_path) as house:
        page = _opened(house, Role.VIEWER)
        DRAWN.pop()
    assert "You look as a viewer" in text_of(page)
    assert len(page.button) == len(page.text_input) == 0
