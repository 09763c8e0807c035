"""A real dashboard in a process of its own, and a real Chromium that looks at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from proratio_core.database import Database
from tests.browser.serving import Dashboard, dashboard_of, world_dashboard
from tests.browser.viewing import Viewer
from tests.world.filling import fill_world, furnish

_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the machine's own Chromium, or skip.

    It ends with the file: while Playwright runs, no other test can run an event loop here.
    """
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip(f"none of {', '.join(_NAMES)} is installed; `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def dashboard(
    session_database_url: str, market_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """Serve a year of everything, as operator, to whoever is on this machine."""
    folder = tmp_path_factory.mktemp("world") / "user_data"
    database = Database(session_database_url)
    fill_world(database, market_data, furnish(folder))
    database.close()
    with world_dashboard(session_database_url, folder) as served:
        yield served


@pytest.fixture
def viewer(browser: Browser, dashboard: Dashboard) -> Iterator[Viewer]:
    """Yield somebody who looks at the world."""
    with Viewer.of(browser, dashboard.url) as viewer:
        yield viewer


@pytest.fixture(scope="module")
def empty_dashboard(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """Serve an installation in which nothing ever ran."""
    with dashboard_of(
        module_database_url, tmp_path_factory.mktemp("empty") / "user_data"
    ) as served:
        yield served
