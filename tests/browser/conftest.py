"""A real dashboard in a process of its own, and a real Chromium that looks at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.serving import Dashboard, dashboard_of
from tests.browser.viewing import Viewer
from tests.browser.world import fill_world

_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the machine's own Chromium, or skip."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip(f"none of {', '.join(_NAMES)} is installed; `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def world_url(session_database_url: str) -> str:
    """Return a database with a year of everything, shared by all tests of this folder."""
    fill_world(session_database_url)
    return session_database_url


@pytest.fixture(scope="session")
def dashboard(world_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Serve the world, as operator, to whoever is on this machine."""
    folder = tmp_path_factory.mktemp("world") / "user_data"
    with dashboard_of(world_url, folder, "--operator") as served:
        yield served


@pytest.fixture
def viewer(browser: Browser, dashboard: Dashboard) -> Iterator[Viewer]:
    """Yield somebody who looks at the world."""
    with Viewer.of(browser, dashboard.url) as viewer:
        yield viewer


@pytest.fixture
def empty_dashboard(database_url: str, tmp_path: Path) -> Iterator[Dashboard]:
    """Serve an installation in which nothing ever ran."""
    with dashboard_of(database_url, tmp_path / "user_data") as served:
        yield served
