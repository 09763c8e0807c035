"""Every page in a real browser: on a phone, on a desk, on a wide screen; with data and without."""

from __future__ import annotations

import pandas as pd
import pytest
from playwright.sync_api import Browser

from proratio_core.database import Database
from proratio_tradehub.dashboard.pages import PAGES, PageEntry
from proratio_tradehub.exports import read_table
from tests.browser.serving import Dashboard
from tests.browser.viewing import SCREENS, Viewer
from tests.world.scene import ACCOUNT

_each_page = pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.package)


@_each_page
def test_page_is_whole_on_every_screen_and_for_everybody(entry: PageEntry, viewer: Viewer) -> None:
    viewer.open(entry.address)
    assert viewer.serious_findings() == []
    for screen in SCREENS:
        viewer.resize(screen)
        assert viewer.fits(), f"{entry.title} scrolls sideways on {screen}"
    assert "PAPER" in viewer.text()
    assert viewer.page.locator("[role=dialog]").count() == 0
    assert viewer.errors == []
    assert all(address.startswith((viewer.url, "data:", "blob:")) for address in viewer.asked)


@_each_page
def test_page_of_an_empty_installation_says_what_is_missing(
    entry: PageEntry, browser: Browser, empty_dashboard: Dashboard
) -> None:
    with Viewer.of(browser, empty_dashboard.url, "phone") as viewer:
        viewer.open(entry.address)
        assert viewer.page.locator(".p-state").count() >= 1
        assert viewer.fits()
        assert viewer.errors == []


def test_now_is_found_by_its_name_and_keeps_what_it_is_about(viewer: Viewer) -> None:
    by_name = viewer.open("now", of=ACCOUNT).page.url
    assert by_name == viewer.open(of=ACCOUNT).page.url
    assert viewer.page.locator(".p-answer").count() == 1
    assert "Page not found" not in viewer.text()
    answer = viewer.page.request.get(f"{viewer.url}/now?of=x", max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (307, "/?of=x")


def test_table_is_taken_away_as_it_is_stored(viewer: Viewer, session_database_url: str) -> None:
    viewer.open(PAGES[0].address)
    viewer.page.get_by_role("button", name="Download", exact=True).click()
    with viewer.page.expect_download() as waiting:
        viewer.page.get_by_role("button", name="CSV").first.click()
    taken = pd.read_csv(waiting.value.path())
    database = Database(session_database_url)
    stored = read_table(database, "trades", account=ACCOUNT)
    database.close()
    assert waiting.value.suggested_filename == "trades.csv"
    assert taken["trade_id"].tolist() == stored["trade_id"].tolist()
    assert taken["profit_quote"].sum() == pytest.approx(stored["profit_quote"].sum())
