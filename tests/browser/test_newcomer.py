"""A newcomer's path: the demo, then the dashboard, and that backtest is there, marked SIMULATED."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.architecture.source_tree import ROOT, tracked_files
from tests.browser.serving import dashboard_of
from tests.browser.viewing import Viewer


def test_dashboard_after_the_demo_shows_its_backtest(
    browser: Browser, database_url: str, tmp_path: Path
) -> None:
    user_data = tmp_path / "user_data"
    for path in tracked_files():
        if path.parts[0] == "user_data":
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, tmp_path / path)
    variables = {"DATABASE_URL": database_url, "PRORATIO_USER_DATA": str(user_data)}
    done = subprocess.run(
        [Path(sys.executable).with_name("proratio"), "demo"],
        env={**os.environ, **variables, "PRORATIO_EXCHANGE_URL": "http://127.0.0.1:9"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    with (
        dashboard_of(database_url, user_data) as served,
        Viewer.of(browser, served.url, "phone") as viewer,
    ):
        text = viewer.open().text()
        assert "SIMULATED" in text
        assert "no market, no money" in text
        assert "AIEnhancedTrend" in text
        assert "no order was ever sent" in text
        assert viewer.fits()
        assert viewer.serious_findings() == []
