"""Every page looks as it did when it was last looked at; a changed picture is looked at anew."""

from __future__ import annotations

import os

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Browser

from proratio_tradehub.dashboard.pages import PAGES, PageEntry
from tests.browser.likeness import KEPT, difference, thumbnail
from tests.browser.serving import Dashboard
from tests.browser.viewing import Screen, Viewer

_ALIKE = 4.0


@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.package)
def test_page_looks_as_it_did(
    entry: PageEntry, screen: Screen, browser: Browser, dashboard: Dashboard
) -> None:
    with Viewer.of(browser, dashboard.url, screen) as viewer:
        viewer.open(entry.address).settle()
        seen = thumbnail(viewer.page.screenshot())
    path = KEPT / f"{entry.package}-{screen}.png"
    if os.environ.get("KEEP_PICTURES"):
        KEPT.mkdir(exist_ok=True)
        seen.save(path)
    found = difference(seen, Image.open(path))
    assert found < _ALIKE, f"{path.name} differs by {found:.1f}; KEEP_PICTURES=1 keeps the new one"


def test_page_that_lost_a_part_is_not_alike() -> None:
    kept = Image.open(KEPT / "now-desktop.png")
    without = kept.copy()
    without.paste(8, (0, kept.height // 3, kept.width, kept.height))
    assert difference(kept, without) > _ALIKE
    assert difference(kept, ImageOps.invert(kept)) > 100
    assert difference(kept, kept.crop((0, 0, 40, 40))) == 255.0
