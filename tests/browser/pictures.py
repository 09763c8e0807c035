"""Takes the pictures of docs/dashboard.md: `python -m tests.browser.pictures FOLDER`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from proratio_core.database import open_database
from proratio_core.database.server import embedded_server
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.pages import PAGES, PageEntry
from tests.browser.serving import world_dashboard
from tests.browser.viewing import Screen, Viewer
from tests.world.backtests import COMPARED, SEARCHED, run_backtests
from tests.world.filling import fill_world, furnish

_MARKET_DATA = Path(__file__).parents[3] / "shared" / "market-data"


def main(folder: Path) -> None:
    """Fill a world, look at every page of it, and keep what was seen."""
    with tempfile.TemporaryDirectory(prefix="proratio-pictures-") as place:
        root = Path(place)
        root.chmod(0o755)  # run as root, the server is another user
        with embedded_server(root / "postgres") as url:
            with open_database(Settings(DATABASE_URL=url)) as database:
                fill_world(database, _MARKET_DATA, furnish(root / "user_data"))
            run_backtests(url, root / "user_data", SEARCHED, COMPARED)
            with (
                world_dashboard(url, root / "user_data") as served,
                sync_playwright() as playwright,
            ):
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox"]
                )
                for entry in PAGES:
                    _take(browser, served.url, entry, "desktop", folder)
                _take(browser, served.url, PAGES[0], "phone", folder)
                browser.close()


def _take(browser: Browser, url: str, entry: PageEntry, screen: Screen, folder: Path) -> None:
    with Viewer.of(browser, url, screen) as viewer:
        viewer.open(entry.address).settle()
        suffix = "" if screen == "desktop" else f"-{screen}"
        viewer.page.screenshot(path=folder / f"dashboard-{entry.package}{suffix}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
