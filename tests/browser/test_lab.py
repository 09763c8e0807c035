"""A real backtest, started in the browser, on the candles of the world."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.viewing import Viewer

_LIMIT_MS = 150_000
"""Freqtrade takes seconds to import, more where other tests run beside this one."""


def test_backtest_is_started_followed_and_appears_in_the_list(viewer: Viewer) -> None:
    viewer.open("lab")
    page = viewer.page
    assert "Nothing was backtested yet" in viewer.text()
    page.get_by_text("Start a backtest").click()
    page.get_by_role("button", name="Check it").click()
    page.get_by_role("button", name="Start it").click()
    expect(page.get_by_text("A backtest is running")).to_be_visible()
    viewer.open("lab")  # another session: the run does not belong to the first
    expect(page.get_by_text("● finished")).to_be_visible(timeout=_LIMIT_MS)
    expect(page.get_by_text("1 run; choose one")).to_be_visible(timeout=_LIMIT_MS)
    expect(page.get_by_text("Before you believe it")).to_be_visible(timeout=_LIMIT_MS)
    assert viewer.serious_findings() == []
    assert viewer.fits()
    assert viewer.errors == []
