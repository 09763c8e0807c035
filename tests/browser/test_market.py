"""Candles in a real browser: a mark that is clicked on says why."""

from __future__ import annotations

from tests.browser.viewing import Viewer


def test_a_vote_that_is_clicked_on_shows_what_each_voter_said(viewer: Viewer) -> None:
    viewer.open("market")
    assert "Click on an entry" in viewer.text()
    marks = viewer.page.locator(".scatterlayer .trace .points path")
    marks.last.click(force=True)
    viewer.page.wait_for_selector(".p-voters")
    assert "weight" in viewer.text()
    assert viewer.errors == []
