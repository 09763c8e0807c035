"""An operator stops everything from a phone; nobody else can, and nothing they write acts."""

from __future__ import annotations

import re

import msgspec
from playwright.sync_api import Browser, expect

from proratio_core.database import Database
from proratio_tradehub.dashboard.access.deeds import Deed
from proratio_tradehub.halts import Action, HaltEvent, HaltLedger
from tests.browser.serving import Dashboard
from tests.browser.viewing import Viewer

HOSTILE = "<img src=x onerror=\"document.title='pwned'\"> **odd** [x](javascript:alert(1))"


def _state(viewer: Viewer, choice: str, reason: str) -> None:
    viewer.page.get_by_role("radio", name=choice).click()
    viewer.page.get_by_label("Reason").fill(reason)
    viewer.page.get_by_role("button", name="Review").click()
    expect(viewer.page.get_by_role("alertdialog")).to_contain_text("is this what you want?")


def _confirm(viewer: Viewer) -> None:
    viewer.page.get_by_role("button", name=re.compile("Confirm")).click()


def _orders(url: str) -> list[HaltEvent]:
    database = Database(url)
    try:
        return list(HaltLedger(database).read())
    finally:
        database.close()


def test_operator_halts_from_a_phone_and_another_has_to_confirm_anew(
    browser: Browser, dashboard: Dashboard, session_database_url: str
) -> None:
    before, done = len(_orders(session_database_url)), len(_deeds(dashboard))
    with (
        Viewer.of(browser, dashboard.url, "phone") as phone,
        Viewer.of(browser, dashboard.url) as desk,
    ):
        desk.open("risk")
        _state(desk, "Reduce only", "thin book")
        phone.open("data")
        phone.page.get_by_role("link", name="Stop").click()
        review = phone.page.get_by_role("button", name="Review")
        expect(review).to_be_in_viewport(ratio=1.0)
        _state(phone, "Halt", HOSTILE)
        assert len(_orders(session_database_url)) == before
        _confirm(phone)
        expect(phone.page.locator(".p-answer")).to_contain_text("Halted")
        _confirm(desk)
        expect(desk.page.get_by_role("alert")).to_contain_text("meanwhile the orders changed")
        expect(desk.page.locator(".p-answer")).to_contain_text("**odd**")
        assert desk.page.title() == phone.page.title() == "Proratio"
        assert desk.page.locator("main img, [href^=javascript]").count() == 0
        _state(desk, "Resume", "looked at it")
        _confirm(desk)
        expect(desk.page.locator(".p-answer")).to_contain_text("Trading")
        assert desk.errors == phone.errors == []
    halt, resumed = _orders(session_database_url)[before:]
    assert (halt.action, resumed.action) == (Action.HALT, Action.RESUME)
    assert (halt.by, halt.reason) == ("operator at 127.0.0.1", HOSTILE)
    assert resumed.lifts == (halt.id,)
    assert [deed.action for deed in _deeds(dashboard)[done:]] == ["Halt", "Reduce only", "Resume"]


def _deeds(dashboard: Dashboard) -> list[Deed]:
    path = dashboard.user_data / ".proratio" / "actions.jsonl"
    lines = path.read_bytes().splitlines() if path.exists() else ()
    return [msgspec.json.decode(line, type=Deed) for line in lines]


def test_viewer_has_no_brakes(browser: Browser, empty_dashboard: Dashboard) -> None:
    with Viewer.of(browser, empty_dashboard.url) as viewer:
        viewer.open("risk")
        assert "You look as a viewer" in viewer.text()
        assert viewer.page.get_by_role("button", name="Review").count() == 0
        assert viewer.page.get_by_role("link", name="Stop").count() == 0
