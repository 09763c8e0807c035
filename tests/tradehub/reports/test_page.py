from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from proratio_tradehub.marks import Mark
from proratio_tradehub.reports.page import render_page
from tests.tradehub.reports.made import NOON
from tests.tradehub.reports.test_markdown import DOCUMENT


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.names.append(tag)


@pytest.mark.parametrize("mark", sorted(Mark))
def test_a_page_says_whose_money_it_is_about(mark: Mark) -> None:
    page = render_page(replace(DOCUMENT, mark=mark), generated_at=NOON)
    assert f"<strong>{mark}</strong>" in page
    assert f"<title>{mark} ·" in page


def test_a_page_loads_nothing_runs_nothing_and_obeys_nobody() -> None:
    tags = Tags()
    page = render_page(DOCUMENT, generated_at=NOON)
    tags.feed(page)
    assert not {"script", "link", "iframe", "img"} & set(tags.names)
    assert "&lt;script&gt;second" in page
    assert "default-src 'none'" in page


def test_a_picture_is_part_of_the_page() -> None:
    page = render_page(replace(DOCUMENT, picture_png=b"\x89PNG"), generated_at=NOON)
    assert 'src="data:image/png;base64,iVBORw=="' in page
