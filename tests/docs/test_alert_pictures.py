"""The pictures of the messages can be made, and show what arrives."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest
from PIL import Image

from proratio_tradehub.alerts import News, Undelivered
from tests.architecture.source_tree import ROOT
from tests.docs.alert_pictures import CHATS, page_of, photographed, sent_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def test_every_kind_is_in_one_picture_and_the_page_shows_it() -> None:
    kinds = [kind for chat in CHATS.values() for kind in chat]
    assert sorted(map(str, kinds)) == sorted(map(str, set(get_args(News)) - {Undelivered}))
    page = (ROOT / "docs" / "alerts.md").read_text()
    for name in CHATS:
        assert f"(pictures/{name}.png)" in page
        assert (ROOT / "docs" / "pictures" / f"{name}.png").is_file()


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no Chrome on this machine")
def test_what_telegrams_library_sent_is_what_the_picture_shows(tmp_path: Path) -> None:
    sent = sent_of(CHATS["alerts-day-and-week"])
    assert [one.picture is not None for one in sent] == [False, True]
    (file,) = photographed({"week": page_of(sent)}, tmp_path)
    with Image.open(file) as picture:
        assert picture.size[0] == 1_040
