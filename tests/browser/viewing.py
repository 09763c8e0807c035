"""Somebody who looks at the dashboard: on which screen, at which page, and what they found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode

from axe_playwright_python.sync_playwright import Axe
from playwright import sync_api
from playwright.sync_api import Browser, Page

__all__ = ["SCREENS", "Screen", "Viewer"]

Screen = Literal["phone", "desktop", "wide"]
SCREENS: dict[Screen, tuple[int, int]] = {
    "phone": (390, 844),
    "desktop": (1440, 900),
    "wide": (2560, 1440),
}
_CALM_MS = 250
_SERIOUS = ("serious", "critical")


@dataclass
class Viewer:
    """A browser's window.

    Parameters
    ----------
    page
        Playwright's.
    url
        Of the dashboard.
    asked
        Every address the browser asked for.
    errors
        What a script on the page raised.
    """

    page: Page
    url: str
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, browser: Browser, url: str, screen: Screen = "desktop") -> Iterator[Viewer]:
        """Yield a window of its own, without cookies."""
        width, height = SCREENS[screen]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            color_scheme="dark",
            is_mobile=screen == "phone",
            has_touch=screen == "phone",
            device_scale_factor=2 if screen == "phone" else 1,
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        viewer = cls(page, url)
        page.on("request", lambda request: viewer.asked.append(request.url))
        page.on("pageerror", lambda error: viewer.errors.append(str(error)))
        yield viewer
        context.close()

    def open(self, address: str = "", **query: str) -> Viewer:
        """Go to a page and wait until it is whole."""
        self.page.goto(f"{self.url}/{address}?{urlencode(query)}")
        self.page.wait_for_selector(".p-brand", state="attached")
        return self.wait()

    def resize(self, screen: Screen) -> Viewer:
        """Look at the same page on another screen."""
        width, height = SCREENS[screen]
        self.page.set_viewport_size({"width": width, "height": height})
        return self.wait()

    def wait(self) -> Viewer:
        """Wait until the script has run and nothing on the page moves."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        self.page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
        self.page.wait_for_timeout(_CALM_MS)
        return self

    def settle(self) -> Viewer:
        """Wait until what takes longer is there as well: figures, and work in the background."""
        self.page.wait_for_function(
            "() => !document.querySelector('.p-state-loading') && "
            "[...document.querySelectorAll('[data-testid=stPlotlyChart]')].every("
            "chart => chart.querySelector('.main-svg'))",
            timeout=60_000,
        )
        self.page.wait_for_timeout(_CALM_MS)
        return self.wait()

    def text(self) -> str:
        """Return everything that is to be read."""
        return self.page.inner_text("body")

    def fits(self) -> bool:
        """Return whether the page itself does not scroll sideways, once figures have followed."""
        try:
            self.page.wait_for_function(
                "() => { const main = document.querySelector('[data-testid=stMain]');"
                " return main.scrollWidth <= main.clientWidth }",
                timeout=4_000,
            )
        except sync_api.TimeoutError:
            return False
        return True

    def serious_findings(self) -> list[str]:
        """Return what axe calls serious or critical, each with the element."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']} ({one['impact']}): {node['html'][:160]}"
            for one in found
            if one["impact"] in _SERIOUS
            for node in one["nodes"][:3]
        ]
