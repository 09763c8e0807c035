"""Every page looks as it did when it was last looked at; a changed picture is looked at anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Browser

from proratio_core.database import Database
from proratio_tradehub.dashboard.pages import PAGES, PageEntry
from tests.browser.likeness import KEPT, difference, thumbnail
from tests.browser.serving import Dashboard, world_dashboard
from tests.browser.viewing import Screen, Viewer
from tests.world.backtests import COMPARED, run_backtests
from tests.world.filling import fill_world, furnish

_ALIKE: dict[Screen, float] = {"desktop": 2.5, "phone": 8.0}
"""Largest difference. The same fonts give 0.0; others 1.4, and on a phone, where lines break
elsewhere, 7.2. A page that lost its lower two thirds gives 10 and more."""


@pytest.fixture(scope="module")
def kept_dashboard(
    module_database_url: str, market_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """Serve a year of everything, and a backtest, to which nothing is ever added."""
    folder = tmp_path_factory.mktemp("kept") / "user_data"
    with closing(Database(module_database_url)) as database:
        fill_world(database, market_data, furnish(folder))
    run_backtests(module_database_url, folder, COMPARED)
    with world_dashboard(module_database_url, folder) as served:
        yield served


@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.package)
def test_page_looks_as_it_did(
    entry: PageEntry, screen: Screen, browser: Browser, kept_dashboard: Dashboard
) -> None:
    with Viewer.of(browser, kept_dashboard.url, screen) as viewer:
        viewer.open(entry.address).settle()
        seen = thumbnail(viewer.page.screenshot())
    path = KEPT / f"{entry.package}-{screen}.png"
    if os.environ.get("KEEP_PICTURES"):
        KEPT.mkdir(exist_ok=True)
        seen.save(path)
    found = difference(seen, Image.open(path))
    remedy = "look at it; KEEP_PICTURES=1 keeps the new one"
    assert found < _ALIKE[screen], f"{path.name} differs by {found:.1f}: {remedy}"


@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.package)
def test_page_that_lost_a_part_is_not_alike(entry: PageEntry, screen: Screen) -> None:
    kept = Image.open(KEPT / f"{entry.package}-{screen}.png")
    without = kept.copy()
    without.paste(8, (0, kept.height // 3, kept.width, kept.height))
    assert difference(kept, without) > _ALIKE[screen]
    assert difference(kept, ImageOps.invert(kept)) > 100
    assert difference(kept, kept.crop((0, 0, 40, 40))) == 255.0
