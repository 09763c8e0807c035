"""What a model, a bot or a person wrote is read on every page, and does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from proratio_core.database import Database
from proratio_tradehub.dashboard.pages import PAGES, PageEntry
from tests.browser.hostile import ACCOUNT, OUTSIDE, SHOWN, fill_folder, fill_tables, reporting, said
from tests.browser.listening import taken_figure, taken_tables
from tests.browser.serving import Dashboard, dashboard_of
from tests.browser.viewing import Viewer

_FIELDS = {
    "now": "by halt incident limit profile series service strategy",
    "market": "exit key tag verdict",
    "consensus": "abstention fact model reasoning risk",
    "track_record": "model",
    "risk": "by halt limit profile refusal rule",
    "lab": "gate parameter strategy",
    "data": "gap",
    "system": "deed detail exchange held_back incident log profile service state strategy "
    "supervised who why",
}
"""Page -> the fields whose text stands on it."""

_STRANGE = """() => [...document.querySelectorAll('*')].filter(element =>
  [...element.attributes].some(({name, value}) =>
    (/^(src|srcset|href|xlink:href|action|formaction|data|style|background)$/.test(name)
      && /canary|hacked|javascript:/.test(value)) || (/^on/.test(name) && /hacked/.test(value)))
  || (/^(script|iframe|object|embed|style)$/i.test(element.tagName)
      && !element.id.startsWith('figure') && /^window.hacked/.test(element.textContent))
  || /^(free money|click|x|alarm|bold|bot)$/.test(element.textContent.trim())
  || element.matches('iframe, object, embed, .katex')
).map(element => element.outerHTML.slice(0, 200))"""
"""Elements that only the hostile text can have made: by what they load or do, or what they hold."""

_IN_FIGURES = """() => [...document.querySelectorAll('.js-plotly-plot')]
  .map(plot => JSON.stringify([plot.data, plot.layout]))
  .filter(text => /<(script|img|iframe|a) |<script>/.test(text)).length"""
"""How many figures have a tag of it as it was written: Plotly would read that."""


@pytest.fixture(scope="module")
def hostile(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """Serve an installation full of it, to an operator."""
    folder = tmp_path_factory.mktemp("hostile") / "user_data"
    folder.mkdir()
    fill_folder(folder)
    database = Database(module_database_url)
    fill_tables(database)
    database.close()
    with (
        reporting(folder),
        dashboard_of(module_database_url, folder, "--operator") as served,
    ):
        yield served


@pytest.fixture(scope="module")
def window(browser: Browser, hostile: Dashboard) -> Iterator[Viewer]:
    """Yield a window that goes from page to page."""
    with Viewer.of(browser, hostile.url) as viewer:
        yield viewer


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _require_harmless(viewer: Viewer) -> None:
    assert viewer.page.evaluate("window.hacked") is None
    assert viewer.page.evaluate(_STRANGE) == []
    assert viewer.page.evaluate(_IN_FIGURES) == 0
    assert not [address for address in viewer.asked if OUTSIDE in address]
    assert viewer.page.title() == "Proratio"
    assert viewer.errors == []


def _require_read(viewer: Viewer, fields: str) -> None:
    begins = [f"«{field.replace('_', ' ')}» <script>window.hacked=1" for field in fields.split()]
    for begin in begins:
        expect(viewer.page.locator("body")).to_contain_text(begin, ignore_case=True)
    text = _plain(viewer.text())
    assert [begin for begin in begins if begin not in text] == []
    assert [part for part in SHOWN if _plain(part) not in text] == []


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.package)
def test_hostile_text_is_read_and_does_nothing(entry: PageEntry, window: Viewer) -> None:
    window.open(entry.address).settle()
    if entry.package == "market":
        window.page.locator(".scatterlayer .trace .points path").nth(1).click(force=True)
        expect(window.page.locator(".p-facts").first).to_contain_text("«exit»")
        hovered = window.page.locator(".hoverlayer .hovertext")
        expect(hovered.first).to_contain_text("«exit» <script>window.hacked=1</script>")
    _require_read(window, _FIELDS[entry.package])
    _require_harmless(window)
    assert ACCOUNT.removesuffix(" dry_run binance spot") in window.text()
    assert window.fits()


@pytest.mark.parametrize("address", ["", "market"])
def test_run_of_a_hostile_strategy_is_drawn_as_a_subject(address: str, window: Viewer) -> None:
    window.open(address, of="run:1").settle()
    assert "«strategy» <script>" in window.text()
    _require_harmless(window)


def test_what_is_taken_away_does_nothing_where_no_policy_protects(
    browser: Browser, hostile: Dashboard, tmp_path: Path
) -> None:
    with Viewer.of(browser, hostile.url) as viewer:
        files = []
        for address in ("", "consensus"):
            viewer.open(address)
            files += taken_tables(viewer, "HTML")
        viewer.open("market").settle()
        files.append(taken_figure(viewer))
        read = ""
        for content in files:
            (tmp_path / "taken.html").write_bytes(content)
            viewer.page.goto((tmp_path / "taken.html").as_uri())
            read += viewer.page.inner_text("body")
            assert viewer.page.evaluate("window.hacked") is None
            assert viewer.page.evaluate(_STRANGE) == []
            assert viewer.page.evaluate(_IN_FIGURES) == 0
        assert not [asked for asked in viewer.asked if OUTSIDE in asked]
        assert "«incident» <script>" in read
        assert "«reasoning» <script>" in read


def test_searcher_finds_what_hostile_text_would_make(browser: Browser, hostile: Dashboard) -> None:
    with Viewer.of(browser, hostile.url) as viewer:
        viewer.open("data")
        viewer.page.evaluate(
            "text => document.body.insertAdjacentHTML('beforeend', text)", said("gap")
        )
        assert len(viewer.page.evaluate(_STRANGE)) >= 4
        viewer.page.evaluate(
            "text => { const plot = document.querySelector('.js-plotly-plot');"
            " plot.layout.title = text }",
            said("gap"),
        )
        assert viewer.page.evaluate(_IN_FIGURES) == 1
        assert [address for address in viewer.asked if OUTSIDE in address]
