"""Fifty visitors for five minutes: what they do to a bot's loop and to the dashboard's memory.

The loop is Freqtrade's own, of a real bot that trades on paper against a replayed exchange, in a
process of its own on the same machine and the same PostgreSQL server. Ten times the visitors rest
for a moment and then look for half a minute, so that whatever else the machine does meets both
alike; what is compared is the p99 of the loop.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import psutil

from proratio_core.database import Database
from tests.bench.bench_loop import Loops, looping
from tests.bench.dashboard_visitors import Visitors
from tests.browser.serving import Dashboard
from tests.live_bot import LiveBot, falling_exchange
from tests.tradehub.strategies.panels import write_profile
from tests.wire.fake_providers import FakeProviders

Times = np.ndarray[tuple[int], np.dtype[np.float64]]

__all__ = ["Limit", "under_load"]

_VISITORS: Final = 50
_TURNS: Final = 10
_LOAD_S: Final = 30.0
_ALONE_S: Final = 6.0
_ARRIVAL_S: Final = 15.0
_PAUSE_S: Final = 0.05
_DRAWS: Final = 1_000
_MOST_RATIO: Final = 1.10


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure, what it may be at most, and what stands beside it."""

    name: str
    value: float
    most: float
    unit: str = ""
    beside: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is within its limit."""
        return self.value <= self.most

    def __str__(self) -> str:
        word = "pass" if self.holds else "FAIL"
        return (
            f"{word} {self.name}: {self.value:.4g}{self.unit} of {self.most:g}{self.unit}"
            f"{self.beside}"
        )


def under_load(served: Dashboard, database_url: str, say: Callable[[str], object]) -> list[Limit]:
    """Let visitors look and a bot trade; say what was measured, and return what is limited."""
    process = psutil.Process(served.pid)
    memory: list[float] = []
    alone, loaded = [], []
    visitors = Visitors(served.url, _VISITORS)
    with _trading(database_url) as bot:
        for _ in range(20):
            bot.run_ms()
        with visitors.looking():
            time.sleep(_ARRIVAL_S)
            busy_s = _cpu_s(process)
            for _ in range(_TURNS):
                with visitors.resting():
                    alone.append(_run(bot, _ALONE_S))
                loaded.append(_run(bot, _LOAD_S, lambda: memory.append(_memory_mb(process))))
            busy_s = _cpu_s(process) - busy_s
    say(f"load of the machine {os.getloadavg()[1]:.1f} (5 min) on {os.cpu_count()} processors")
    for name, times in (("alone", _joined(alone)), ("under load", _joined(loaded))):
        p50, p99 = np.percentile(times, (50, 99))
        say(f"bot's loop {name:10} {len(times):5} loops, median {p50:6.2f} ms, p99 {p99:6.2f} ms")
    pages, parts = visitors.pages_ms, visitors.parts_ms
    say(
        f"{_VISITORS} visitors: {len(pages)} pages, p95 {np.percentile(pages, 95):.0f} ms; "
        f"{len(parts)} refreshes, p95 {np.percentile(parts, 95):.0f} ms; "
        f"the dashboard took {busy_s / (_TURNS * _LOAD_S) * 100:.0f} % of a processor"
    )
    return [_loop_limit(loaded, alone), _memory_limit(memory)]


def _loop_limit(loaded: list[Times], alone: list[Times]) -> Limit:
    """Return the ratio of the p99s; its 95% interval is over turns, each with its neighbour."""
    random = np.random.default_rng(7)
    ratios = []
    for _ in range(_DRAWS):
        turns = random.integers(len(alone), size=len(alone))
        ratios.append(
            _p99([loaded[turn] for turn in turns]) / _p99([alone[turn] for turn in turns])
        )
    low, high = np.quantile(ratios, (0.025, 0.975))
    beside = f"; 95 % interval {low:.2f} to {high:.2f}"
    return Limit("loop p99, ratio", _p99(loaded) / _p99(alone), _MOST_RATIO, "", beside)


def _joined(turns: list[Times]) -> Times:
    return np.concatenate(turns)


def _p99(turns: list[Times]) -> float:
    return float(np.percentile(_joined(turns), 99))


def _memory_limit(memory: list[float]) -> Limit:
    """Compare the last tenth of the load with the first, half a minute each."""
    tenth = max(1, len(memory) // 10)
    first, last = statistics.mean(memory[:tenth]), statistics.mean(memory[-tenth:])
    beside = f"; {first:.0f} MB in the first, {max(memory):.0f} at most"
    return Limit("memory, last half minute against first", last / first, _MOST_RATIO, "", beside)


def _memory_mb(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1e6


def _run(bot: Loops, seconds: float, look: Callable[[], object] = lambda: None) -> Times:
    """Return the milliseconds of every loop of a while."""
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        times.append(bot.run_ms())
        look()
        time.sleep(_PAUSE_S)
    return np.array(times)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def _trading(database_url: str) -> Iterator[Loops]:
    """Yield the loop of a bot in a database of its own beside the dashboard's."""
    database = Database(database_url)
    with database.statement() as cursor:
        cursor.execute("CREATE DATABASE trading")
    database.close()
    url = database_url.replace("/postgres?", "/trading?")
    with (
        tempfile.TemporaryDirectory(prefix="proratio-load-") as name,
        FakeProviders() as fake,
        falling_exchange() as exchange,
    ):
        folder = Path(name)
        folder.chmod(0o755)  # run as root, the server is another user
        bot = LiveBot(folder / "bot", url, fake)
        bot.folder.mkdir()
        fake.settings(bot.user_data)
        write_profile(bot.user_data, "silent", deadline_s=600.0, openai="fault-silent")
        bot.prepare(exchange.port, profile="silent", base="RuleStrategy")
        with looping(bot) as loops:
            yield loops
