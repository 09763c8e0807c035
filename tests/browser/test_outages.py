"""Without PostgreSQL, and without anything: said, and what is still known stands there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser

from proratio_core.settings import Settings
from proratio_tradehub.dashboard.pages import PAGES
from proratio_tradehub.desk import Headroom, RiskReport, report_path
from proratio_tradehub.halts import Action, HaltEvent, halt_file
from tests.browser.serving import dashboard_of
from tests.browser.viewing import Viewer

ACCOUNT = "freqtrade live binance spot"


def test_every_page_says_that_the_database_is_away(browser: Browser, tmp_path: Path) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path / "user_data")
    now = datetime.now(UTC)
    headroom = (Headroom("drawdown", 0.04, 0.1, "frac"),)
    report = RiskReport(ACCOUNT, "Trend", "proratio", "ab", 1, now, "", 900.0, headroom)
    report.write(report_path(settings, ACCOUNT))
    halt_file(settings).add([HaltEvent.now(Action.HALT, reason="by hand", by="me", at=now)])
    with (
        dashboard_of("postgresql://127.0.0.1:9/away", settings.user_data) as served,
        Viewer.of(browser, served.url, "phone") as viewer,
    ):
        for entry in PAGES:
            viewer.open(entry.address)
            text = viewer.text()
            assert "PostgreSQL cannot be reached" in text, entry.title
            assert "real money" in text
            assert viewer.fits()
            assert viewer.errors == []
        viewer.open()
        assert "4.00% of 10%" in viewer.text()
        assert "cannot be reached" in viewer.page.inner_text(".p-answer")
