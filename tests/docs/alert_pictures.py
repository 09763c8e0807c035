"""The messages as a person sees them: pictures for `docs/alerts.md`.

`python -m tests.docs.alert_pictures` sends the samples through Telegram's real client library to a
local server and photographs what arrived, in a browser, as bubbles of a chat.
"""

from __future__ import annotations

import base64
import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import sync_playwright
from pydantic import SecretStr

from proratio_tradehub.alerts import (
    DailySummary,
    DegradedVotes,
    DriftAlarm,
    Entered,
    Exited,
    Failure,
    Incidents,
    ManyTrades,
    News,
    Orders,
    Refusals,
    Silence,
    WeeklyReport,
    message_of,
)
from proratio_tradehub.alerts.samples import samples
from proratio_tradehub.alerts.telegram import TelegramChannel
from tests.architecture.source_tree import ROOT
from tests.wire.fake_telegram import CHAT_ID, TOKEN, FakeTelegram, Sent

__all__ = ["CHATS", "page_of", "photographed", "sent_of"]

CHATS: Final[dict[str, tuple[type, ...]]] = {
    "alerts-trading": (Entered, Exited, ManyTrades, Refusals),
    "alerts-trouble": (Orders, Silence, Incidents, DegradedVotes, DriftAlarm, Failure),
    "alerts-day-and-week": (DailySummary, WeeklyReport),
}
"""Name of a picture -> the kinds of news in it, one of each."""

_AT: Final = datetime(2024, 3, 1, 12, 0, 5, tzinfo=UTC)
_WIDTH_PX: Final = 520
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_STYLE: Final = """
body { margin: 0; padding: 14px; background: #0e1621; font: 15px/1.35 "Noto Sans", "DejaVu Sans",
  "Noto Color Emoji", sans-serif; color: #f5f5f5; display: grid; gap: 8px; justify-items: start; }
article { max-width: 470px; background: #182533; border-radius: 12px 12px 12px 4px;
  overflow: hidden; }
img { display: block; width: 470px; }
p { margin: 0; padding: 7px 12px 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
i { color: #8fa3b5; }
"""


def sent_of(kinds: Iterable[type]) -> list[Sent]:
    """Return what arrives of one sample of each kind, sent by Telegram's own library."""
    by_kind: dict[type, News] = {}
    for news in samples(_AT):
        by_kind.setdefault(type(news), news)
    with FakeTelegram() as fake:
        channel = TelegramChannel(SecretStr(TOKEN), CHAT_ID, url=fake.url)
        try:
            for kind in kinds:
                channel.send(message_of(by_kind[kind]))
        finally:
            channel.close()
        return list(fake.sent)


def page_of(sent: Iterable[Sent]) -> str:
    """Return a chat with these messages as HTML."""
    return f"<!doctype html><style>{_STYLE}</style>" + "".join(map(_bubble, sent))


def photographed(pages: dict[str, str], folder: Path) -> tuple[Path, ...]:
    """Write a PNG of each page and return the files."""
    browser_path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser_path is None:
        raise SystemExit("no Chromium on this machine; install it, e.g. apt install chromium")
    files = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--force-color-profile=srgb"]
        )
        window = browser.new_page(
            viewport={"width": _WIDTH_PX, "height": 200}, device_scale_factor=2
        )
        for name, page in pages.items():
            window.set_content(page)
            files.append(folder / f"{name}.png")
            window.screenshot(path=files[-1], full_page=True)
            with Image.open(files[-1]) as picture:
                small = picture.quantize(200)
            small.save(files[-1], optimize=True)
        browser.close()
    return tuple(files)


def _bubble(one: Sent) -> str:
    picture = ""
    if one.picture is not None:
        data = base64.b64encode(one.picture).decode()
        picture = f'<img alt="" src="data:image/png;base64,{data}">'
    return f"<article>{picture}<p>{one.html}</p></article>"


if __name__ == "__main__":
    chats = {name: page_of(sent_of(kinds)) for name, kinds in CHATS.items()}
    for file in photographed(chats, ROOT / "docs" / "pictures"):
        sys.stdout.write(f"{file.relative_to(ROOT)}\n")
