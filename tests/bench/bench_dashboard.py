"""The dashboard's speed: `python -m tests.bench.bench_dashboard [--load]`.

A year of hourly candles of ten pairs, 5,000 trades and 50,000 votes in PostgreSQL: nine pairs are
recorded, the tenth is a copy of one of them under another name. It measures how long the first page
takes until it is whole, how long a click takes until the page has followed, and every query at the
database. With `--load`, fifty visitors look for five minutes besides (`dashboard_load`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
from playwright.sync_api import Browser, ViewportSize, sync_playwright
from rich.console import Console

from proratio_core.candles import CandleStore
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
from tests.bench.dashboard_clicks import CLICKS, follow, open_page
from tests.bench.dashboard_load import Limit, under_load
from tests.browser.serving import Dashboard, world_dashboard
from tests.world.filling import fill_world, furnish
from tests.world.scene import ACCOUNT, NOW, Scale, key_of
from tests.world.swelling import swell

_OUT = Console(width=120, highlight=False)
_MARKET_DATA = Path(__file__).parents[3] / "shared" / "market-data"
_CLICK_ROUNDS = 6
_FIRST_PAGES = 7
_ROUNDS = 30
_SCREEN: ViewportSize = {"width": 1440, "height": 900}


_LEAST = (10, 365 * 24, 5_000, 50_000)
_SIZE = (
    "SELECT count(*), min(candles), (SELECT count(*) FROM account_trade), "
    "(SELECT count(*) FROM vote) FROM (SELECT count(*) AS candles FROM candle "
    "GROUP BY series_id) AS series"
)


@contextmanager
def large_world() -> Iterator[tuple[Settings, Dashboard, str]]:
    """Yield the dashboard of a world of the size the limits are stated for."""
    with tempfile.TemporaryDirectory(prefix="proratio-bench-") as place:
        root = Path(place)
        root.chmod(0o755)  # run as root, the server is another user
        with embedded_server(root / "postgres") as url:
            settings = Settings(DATABASE_URL=url, PRORATIO_USER_DATA=root / "user_data")
            with open_database(settings) as database:
                scale = Scale(pairs=9, vote_every_candles=24)
                fill_world(database, _MARKET_DATA, furnish(root / "user_data"), scale)
                _copy_pair(database)
                swell(database, votes=50_000, trades=5_000)
                _ensure_size(database)
            with world_dashboard(url, root / "user_data") as served:
                yield settings, served, url


def _copy_pair(database: Database) -> None:
    """Store the candles of one pair as those of a tenth."""
    store = CandleStore(database)
    store.write(key_of("LTC"), store.read(key_of("DOT")))


def _ensure_size(database: Database) -> None:
    """Raise where the world is smaller than the limits are stated for."""
    with database.statement() as cursor:
        cursor.execute(_SIZE)
        found = cursor.fetchone()
    if found is None or any(one < least for one, least in zip(found, _LEAST, strict=True)):
        raise RuntimeError(f"the world has {found} pairs, candles of each, trades, votes; "
                           f"the limits are stated for {_LEAST}")  # fmt: skip


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
    """Return how long a browser that was never there takes until the page is whole and answers."""
    context = browser.new_context(viewport=_SCREEN)
    page = context.new_page()
    took = _ms(lambda: open_page(page, url))
    context.close()
    return took


def click_times(browser: Browser, url: str) -> dict[str, list[float]]:
    """Return how long each click takes until the page has followed, by name."""
    page = browser.new_context(viewport=_SCREEN).new_page()
    open_page(page, url)
    times: dict[str, list[float]] = {click.name: [] for click in CLICKS}
    for _ in range(_CLICK_ROUNDS):
        for click in CLICKS:
            times[click.name].append(follow(page, click))
    page.context.close()
    return times


def _p(times: Sequence[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def _table(title: str, found: Mapping[str, Sequence[float]]) -> None:
    _OUT.print(f"{title:18} {'median':>9} {'p95':>9}")
    for name, times in found.items():
        _OUT.print(f"{name:18} {statistics.median(times):6.1f} ms {_p(times, 95):6.1f} ms")


def _measured(settings: Settings, served: Dashboard, browser: Browser) -> list[Limit]:
    """Measure what one visitor meets, print it, and return what is limited."""
    process = psutil.Process(served.pid)
    queries = query_times(settings)
    _table("query", queries)
    first = [first_page_ms(browser, served.url) for _ in range(_FIRST_PAGES)]
    took = process.cpu_times()
    by_name = click_times(browser, served.url)
    used = process.cpu_times()
    clicks = [one for times in by_name.values() for one in times]
    _table("click", by_name)
    cpu_ms = (used.user + used.system - took.user - took.system) * 1_000 / len(clicks)
    _OUT.print(
        f"load of the machine {os.getloadavg()[0]:.1f} (1 min) on {os.cpu_count()} processors; "
        f"the dashboard itself took {cpu_ms:.0f} ms of a processor for a click"
    )
    slowest = max(_p(times, 95) for times in queries.values())
    return [
        Limit("first page, median", statistics.median(first), 2_000.0, " ms", _spread(first)),
        Limit("click, p95", _p(clicks, 95), 700.0, " ms", _spread(clicks)),
        Limit("query, p95 of the slowest", slowest, 50.0, " ms"),
    ]


def _spread(times: Sequence[float]) -> str:
    return f"; {len(times)} of them, {min(times):.0f} to {max(times):.0f} ms"


def main() -> int:
    """Measure, print, and return 1 where a limit is passed."""
    options = argparse.ArgumentParser()
    options.add_argument("--load", action="store_true")
    load = options.parse_args().load
    with large_world() as (settings, served, database_url):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            limits = _measured(settings, served, browser)
            browser.close()
        if load:
            limits += under_load(served, database_url, _OUT.print)
    for limit in limits:
        _OUT.print(str(limit))
    return int(not all(limit.holds for limit in limits))


if __name__ == "__main__":
    sys.exit(main())
