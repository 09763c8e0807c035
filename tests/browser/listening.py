"""Keeps everything that reaches a browser: pages, what its WebSocket received, files, answers."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, WebSocket

from proratio_tradehub.dashboard.pages import PageEntry
from tests.browser.viewing import Viewer

__all__ = ["Ear", "taken_figure", "taken_tables"]

_ADDRESSES = (
    *("", "login", "login/openid/back?state=x&code=y", "metrics", "nowhere"),
    *("_stcore/health", "_stcore/host-config", "_stcore/script-health-check", "_stcore/metrics"),
)
"""What a curious person asks for by hand."""


class Ear:
    """What one window is told.

    Parameters
    ----------
    viewer
        The window; it is opened anew, and whatever it receives is kept.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self.pages: list[str] = []
        self.frames: list[str | bytes] = []
        self.files: list[bytes] = []
        self.answers: list[str | bytes] = []
        viewer.page.on("websocket", self._listen)
        viewer.open()

    @property
    def heard(self) -> list[str | bytes]:
        """Everything."""
        return [*self.pages, *self.frames, *self.files, *self.answers]

    def look(self, entry: PageEntry) -> None:
        """Go to a page by its link and keep it as it stands there."""
        page = self._viewer.page
        page.get_by_role("link", name=entry.title, exact=True).click()
        page.wait_for_url(re.compile(f"^{re.escape(self._viewer.url)}/{entry.address}(\\?|$)"))
        self._viewer.wait()
        self.keep()

    def keep(self) -> None:
        """Keep the page as it stands there now."""
        self.pages.append(self._viewer.page.content())

    def ask_around(self) -> None:
        """Ask for what there is beside the pages, and keep the answers with their headers."""
        for address in _ADDRESSES:
            answer = self._viewer.page.request.get(f"{self._viewer.url}/{address}")
            self.answers += [answer.body(), str(answer.headers_array)]

    def take_tables(self) -> None:
        """Download what this page offers, each table as CSV."""
        self.files += taken_tables(self._viewer, "CSV")

    def take_a_figure(self) -> None:
        """Download the first figure of this page."""
        self.files.append(taken_figure(self._viewer))

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._keep_frame)

    def _keep_frame(self, frame: str | bytes) -> None:
        self.frames.append(frame)


def taken_tables(viewer: Viewer, kind: str) -> list[bytes]:
    """Return every table this page offers, as a file of a kind; none where it offers none."""
    opener = viewer.page.get_by_role("button", name="Download", exact=True)
    if not opener.count():
        return []
    opener.click()
    buttons = viewer.page.get_by_test_id("stPopoverBody").get_by_role("button", name=kind)
    buttons.first.wait_for()
    files = [_taken(viewer, button) for button in buttons.all()]
    viewer.page.keyboard.press("Escape")
    return files


def taken_figure(viewer: Viewer) -> bytes:
    """Return the first figure of this page as a page of its own."""
    return _taken(viewer, viewer.page.locator("[class*=st-key-p-take] button").first)


def _taken(viewer: Viewer, button: Locator) -> bytes:
    with viewer.page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path()).read_bytes()
