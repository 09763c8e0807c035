"""Clicks on the dashboard, timed inside the browser: from the press until the last change is seen.

A click has been followed when the script that it started has run, what was asked for is there,
nothing on the page is stale or still to come, every figure is drawn, and for a while nothing has
changed any more. Its time ends with the frame that shows the last change, not with that while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

__all__ = ["CLICKS", "Click", "follow", "open_page"]

_QUIET_MS: Final = 100
_LIMIT_MS: Final = 15_000

_WATCH: Final = """
() => {
  const app = document.querySelector('[data-testid=stApp]');
  const seen = window.benchSeen = {pressed: performance.now(), changed: 0, painted: 0};
  const paint = () => requestAnimationFrame(() => setTimeout(() => {
    seen.painted = Math.max(seen.painted, performance.now()) }));
  const observer = new MutationObserver(changes => {
    if (changes.every(one => one.target === app)) return;
    seen.changed = performance.now();
    paint();
  });
  observer.observe(app, {subtree: true, childList: true, attributes: true, characterData: true});
  const press = event => { seen.pressed = event.timeStamp };
  document.addEventListener('pointerdown', press, {capture: true, once: true});
  seen.stop = () => observer.disconnect();
}
"""
_SIGHT: Final = """
(figure) => {
  const drawn = document.querySelector(`[class*=st-key-p-figure-${figure}] .js-plotly-plot`);
  return `${drawn?._fullLayout?.xaxis?.range ?? ''}`;
}
"""
_DONE: Final = f"""
([selector, before, figure, quiet]) => {{
  const seen = window.benchSeen, app = document.querySelector('[data-testid=stApp]');
  const sight = {_SIGHT.strip()};
  const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
  return seen.changed > seen.pressed && app.dataset.testScriptState === 'notRunning'
    && document.querySelector(selector) !== null
    && (figure === '' || sight(figure) !== before)
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')
    && charts.every(chart => chart.querySelector('.main-svg'))
    && seen.painted >= seen.changed && performance.now() - seen.changed > quiet;
}}
"""
_TOOK: Final = """
() => { const seen = window.benchSeen; seen.stop();
        return Math.max(seen.painted, seen.changed) - seen.pressed }
"""
_STANDS: Final = """
quiet => { const app = document.querySelector('[data-testid=stApp]');
  const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
  return app?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')
    && charts.every(chart => chart.querySelector('.main-svg')) }
"""


@dataclass(frozen=True, slots=True)
class Click:
    """Something a visitor clicks on.

    Parameters
    ----------
    name
        In the table.
    target
        What is clicked on.
    then
        What is there afterwards.
    figure
        The figure that shows something else afterwards; empty where none does.
    """

    name: str
    target: str
    then: str
    figure: str = ""


def _to(title: str, then: str) -> Click:
    return Click(f"page {title}", f".st-key-p-nav a:has-text('{title}')", then)


def _span(title: str, then: str, figure: str) -> Click:
    return Click(f"span {title}", f"[data-testid=stMain] button:has-text('{title}')", then, figure)


CLICKS: Final[Sequence[Click]] = (
    _to("Market", "[class*=st-key-p-figure-market]"),
    _span("500", "[class*=st-key-p-figure-market]", "market"),
    _span("1,000", "[class*=st-key-p-figure-market]", "market"),
    _to("Consensus", ".st-key-p-download-consensus"),
    Click("filter BUY", "[data-testid=stMain] button:has-text('BUY')", ".st-key-p-filters"),
    _to("Track record", ".st-key-p-download-record, .p-state-loading"),
    _to("Risk", ".st-key-p-download-risk"),
    _to("Lab", "[class*=st-key-start-backtest]"),
    _to("Data", ".st-key-p-download-data"),
    _to("System", ".st-key-p-limits"),
    _to("Now", ".st-key-p-download-now"),
    _span("7 d", ".st-key-p-figure-equity", "equity"),
    _span("1 y", ".st-key-p-figure-equity", "equity"),
)
"""Every page, and what is chosen most on three of them; a round ends where it began, on Now."""


def open_page(page: Page, url: str) -> None:
    """Go to the dashboard and wait until its first page is whole and answers."""
    page.goto(url)
    page.wait_for_selector(".st-key-p-download-now")
    page.wait_for_function(_STANDS)


def follow(page: Page, click: Click) -> float:
    """Click, and return the milliseconds until the page has followed.

    Raises
    ------
    playwright.sync_api.TimeoutError
        It does not.
    """
    before = page.evaluate(_SIGHT, click.figure) if click.figure else ""
    page.evaluate(_WATCH)
    page.click(click.target)
    asked = [click.then, before, click.figure, _QUIET_MS]
    page.wait_for_function(_DONE, arg=asked, timeout=_LIMIT_MS)
    return float(page.evaluate(_TOOK))
