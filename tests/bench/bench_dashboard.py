"""The dashboard's speed: `python -m tests.bench.bench_dashboard [--load]`.

A year of hourly candles of nine pairs, 5,000 trades and 50,000 votes in PostgreSQL. It measures how
long the first page takes until it can be used, how long a click takes until the page has followed,
and every query at the database. With `--load`, fifty visitors look at once for five minutes; then
the memory of the dashboard and the times of a loop that stands for the bot's are printed as well.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import psutil
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from proratio_core.clock import SystemClock
from proratio_core.database import Database, open_database
from proratio_core.database.server import embedded_server
from proratio_core.settings import Settings
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.consensus.queries import read_benches, read_history, read_sheet
from proratio_tradehub.dashboard.equity_reading import read_equity
from proratio_tradehub.dashboard.now.queries import read_holdings, read_incidents, read_last_votes
from proratio_tradehub.dashboard.reading import Reader
from proratio_tradehub.dashboard.subject import account_subject, read_subjects
from proratio_tradehub.dashboard.track_record.judging import read_panels
from tests.browser.serving import Dashboard, world_dashboard
from tests.world.filling import fill_world, furnish
from tests.world.scene import ACCOUNT, NOW, Scale
from tests.world.swelling import swell

_OUT = Console(width=120, highlight=False)
_MARKET_DATA = Path(__file__).parents[3] / "shared" / "market-data"
_CLICKS = 40
_ROUNDS = 30
_VISITORS, _LOAD_S = 50, 300.0
_LIMITS_MS = {"first page": 2_000.0, "click": 700.0, "query": 50.0}


@contextmanager
def large_world() -> Iterator[tuple[Settings, Dashboard]]:
    """Yield the dashboard of a world of the size the limits are stated for."""
    with tempfile.TemporaryDirectory(prefix="proratio-bench-") as place:
        root = Path(place)
        root.chmod(0o755)  # run as root, the server is another user
        with embedded_server(root / "postgres") as url:
            settings = Settings(DATABASE_URL=url, PRORATIO_USER_DATA=root / "user_data")
            with open_database(settings) as database:
                scale = Scale(pairs=9, vote_every_candles=24)
                fill_world(database, _MARKET_DATA, furnish(root / "user_data"), scale)
                swell(database, votes=50_000, trades=5_000)
            with world_dashboard(url, root / "user_data") as served:
                yield settings, served


def query_times(settings: Settings) -> dict[str, list[float]]:
    """Return the milliseconds of every query of the pages, by name."""
    subject = account_subject(ACCOUNT, NOW, "USDT")
    with Reader(settings, SystemClock()) as reader:
        bench = reader.read(lambda db: read_benches(db, "binance"))[0]
        questions: dict[str, Callable[[Database], object]] = {
            "subjects": read_subjects,
            "equity, 24 h": lambda db: read_equity(db, subject, span=timedelta(days=1)),
            "equity, all": lambda db: read_equity(db, subject, span=None),
            "holdings": lambda db: read_holdings(db, subject),
            "last votes": lambda db: read_last_votes(db, "binance", most=6),
            "incidents": lambda db: read_incidents(db, ACCOUNT, now=NOW, most=7),
            "panels and pairs": lambda db: read_benches(db, "binance"),
            "a vote": lambda db: read_sheet(db, bench.newest_id),
            "votes of 30 d": lambda db: read_history(
                db, bench, since=NOW - timedelta(days=30), actions=frozenset(), degraded=False,
                words="", most=200,
            ),
            "words in 30 d": lambda db: read_history(
                db, bench, since=NOW - timedelta(days=30), actions=frozenset({Action.BUY}),
                degraded=False, words="momentum", most=200,
            ),
            "panels": lambda db: read_panels(db, "binance"),
        }  # fmt: skip
        return {name: [_ms(lambda: reader.read(ask)) for _ in range(_ROUNDS)]  # noqa: B023
                for name, ask in questions.items()}  # fmt: skip


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000


def first_page_ms(browser: Browser, url: str) -> float:
    """Return how long a browser that was never there takes until the page answers."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    took = _ms(lambda: (page.goto(url), page.wait_for_selector(".p-tile"), _calm(page)))
    context.close()
    return took


def click_times(browser: Browser, url: str) -> list[float]:
    """Return how long clicks take until the page has followed: pages, spans, pairs."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(url)
    page.wait_for_selector(".p-tile")
    _calm(page)
    clicks: Sequence[tuple[str, str]] = (
        ("a:has-text('Consensus')", ".p-scale"),
        ("a:has-text('Now')", ".p-lights"),
        ("button:has-text('7 d')", ".p-lights"),
        ("button:has-text('1 y')", ".p-lights"),
    )
    times = []
    for number in range(_CLICKS):
        target, then = clicks[number % len(clicks)]
        times.append(_ms(lambda: _click(page, target, then)))  # noqa: B023
    page.context.close()
    return times


def _click(page: Page, target: str, then: str) -> None:
    page.click(f"[data-testid=stMain] {target}")
    page.wait_for_selector(then)
    _calm(page)


def _calm(page: Page) -> None:
    page.wait_for_selector("[data-test-script-state='notRunning']")


def loop_ms(stop: Event) -> list[float]:
    """Return how long each turn of a loop took that does what a bot's does: work, then wait."""
    times = []
    while not stop.is_set():
        times.append(_ms(lambda: sum(i * i for i in range(60_000))))
        stop.wait(0.05)
    return times


def under_load(browser: Browser, served: Dashboard) -> None:
    """Print what fifty visitors for five minutes do to the loop, the memory and the queries."""
    quiet = _loop_for(20.0)
    pages = []
    for _ in range(_VISITORS):
        page = browser.new_context(viewport={"width": 1024, "height": 700}).new_page()
        page.goto(served.url)
        pages.append(page)
    process = psutil.Process(served.pid)
    memory = [process.memory_info().rss]
    began, loops = time.monotonic(), []
    while time.monotonic() - began < _LOAD_S:
        loops += _loop_for(10.0)
        memory.append(process.memory_info().rss)
    ratio = _p(loops, 99) / _p(quiet, 99)
    half = len(memory) // 2
    _OUT.print(f"loop p99: {_p(quiet, 99):.1f} ms alone, {_p(loops, 99):.1f} ms, ratio {ratio:.2f}")
    _OUT.print(f"memory: {memory[0] / 1e6:.0f} MB at first, {memory[half] / 1e6:.0f} half way, "
          f"{memory[-1] / 1e6:.0f} at the end")  # fmt: skip
    for page in pages:
        page.context.close()


def _loop_for(seconds: float) -> list[float]:
    stop = Event()
    Thread(target=lambda: (time.sleep(seconds), stop.set()), daemon=True).start()
    return loop_ms(stop)


def _p(times: Sequence[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def main() -> int:
    """Measure, print, and return 1 where a limit is passed."""
    options = argparse.ArgumentParser()
    options.add_argument("--load", action="store_true")
    load = options.parse_args().load
    with large_world() as (settings, served), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        queries = query_times(settings)
        _OUT.print(f"{'query':18} {'median':>9} {'p95':>9}")
        for name, times in queries.items():
            _OUT.print(f"{name:18} {statistics.median(times):6.1f} ms {_p(times, 95):6.1f} ms")
        first = [first_page_ms(browser, served.url) for _ in range(5)]
        clicks = click_times(browser, served.url)
        found = {
            "first page": statistics.median(first),
            "click": _p(clicks, 95),
            "query": max(_p(times, 95) for times in queries.values()),
        }
        for name, value in found.items():
            _OUT.print(f"{name}: {value:.0f} ms of {_LIMITS_MS[name]:.0f}")
        if load:
            under_load(browser, served)
        browser.close()
    return int(any(value > _LIMITS_MS[name] for name, value in found.items()))


if __name__ == "__main__":
    sys.exit(main())
