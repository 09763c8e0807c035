"""Many backtests against a process for each: `python -m tests.bench.bench_research`.

Everything runs on the SIMULATED market, and everything of ours is stored as it would be. The
command line of Freqtrade is measured on a few calls and scaled up, as the table says. Only ratios
travel between machines, and on a shared one those of a busy minute do not.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from proratio_core.settings import tell_processes
from proratio_core.values import Timeframe, Timerange
from proratio_quantlab.laboratory import Laboratory, Site
from proratio_quantlab.objectives import Objective
from proratio_quantlab.optimisation import SearchPlan
from proratio_quantlab.results import ResultStore
from proratio_quantlab.run_index import RunIndex
from proratio_quantlab.search_space import SearchSpace
from proratio_quantlab.specification import Specification
from proratio_quantlab.sweeps import Sweep, run_sweep
from proratio_quantlab.walk_forward import WindowTask, over, run_window
from proratio_quantlab.windows import WindowPlan, windows
from proratio_quantlab.workforce import LocalWorkforce
from tests.bench.bench_backtest import (
    STRATEGY,
    Case,
    installation,
    replay,
    run_plain,
    seconds_of,
)
from tests.freqtrade_home import FreqtradeHome, exported_trades

CALLS = int(os.environ.get("BENCH_CALLS", "10"))
RUNS, STORED, WINDOWS, TRIALS = 100, 10_000, 12, 50
YEAR = Case("a year", ("BTC", "ETH"), Timeframe.H1, "20211201-20250102", "20240101-20250101", 0)
MONTHS = Case("months", ("BTC", "ETH"), Timeframe.M5, "20240620-20250102", "20240701-20250101", 0)
MONTH_STARTS = ("20240701", "20240801", "20240901", "20241001", "20241101", "20241201", "20250101")


class Report:
    """The table, and whether every goal in it is reached."""

    def __init__(self) -> None:
        self.reached = True
        self.table = Table(title="Many backtests")
        for heading in ("what", "usual way", "proratio", "figure", "goal", ""):
            left = heading in ("what", "")
            self.table.add_column(heading, justify="left" if left else "right")

    def row(self, *cells: str, reached: bool | None) -> None:
        self.reached &= reached is not False
        word = {True: "reached", False: "MISSED", None: ""}[reached]
        self.table.add_row(*cells, word)


@contextmanager
def laboratory(home: FreqtradeHome) -> Iterator[Laboratory]:
    tell_processes({"DATABASE_URL": home.database_url})
    with Laboratory(site(home)) as found:
        yield found


def site(home: FreqtradeHome) -> Site:
    return Site(home.user_data, home.database_url, "binance")


def hundred_runs(home: FreqtradeHome, report: Report) -> None:
    base = home.specification(STRATEGY, profile="offline")
    with replay(home) as overlay:
        called = statistics.median(
            seconds_of(lambda: run_plain(home, overlay)) for _ in range(CALLS)
        )
    began = time.perf_counter()
    with laboratory(home) as lab:
        for seed in range(RUNS):
            lab.trial(replace(base, seed=seed))
    ours = time.perf_counter() - began
    ratio = called * RUNS / ours
    report.row(
        f"{RUNS} runs, 2 pairs, a year of 1h",
        f"{called * RUNS:.0f} s ({CALLS} calls, scaled)",
        f"{ours:.1f} s",
        f"{ratio:.1f}x",
        ">= 8x",
        reached=ratio >= 8,
    )


def scaling(home: FreqtradeHome, report: Report) -> None:
    base = home.specification(STRATEGY, profile="offline")

    def sweep(workers: int, first: int, count: int) -> float:
        runs = tuple(replace(base, seed=seed) for seed in range(first, first + count))
        return seconds_of(
            lambda: run_sweep(
                Sweep(runs), home.database, site=site(home), workforce=LocalWorkforce(workers)
            )
        )

    sweep(2, 10_000, 4)  # its processes stay, with their candles
    two = sweep(2, 11_000, RUNS)
    sweep(1, 13_000, 4)  # another number of workers starts anew
    one = sweep(1, 12_000, RUNS)
    ratio = one / two
    report.row(
        f"sweep of {RUNS}, 1 -> 2 workers",
        f"{one:.1f} s",
        f"{two:.1f} s",
        f"{ratio:.2f}x",
        ">= 1.8x",
        reached=ratio >= 1.8,
    )


def walk(home: FreqtradeHome, report: Report) -> None:
    space = SearchSpace.parse(["fast_candles=10:30:5", "slow_candles=40:80:10", "rsi_high=65:75:5"])
    span = Timerange.parse("20220101-20250101")
    cut = windows(span, WindowPlan(365, 60, purge_candles=48), home.timeframe)[:WINDOWS]
    base = home.specification(STRATEGY, profile=None)
    began = time.perf_counter()
    with laboratory(home) as lab:
        lab.trial(over(base, cut[0].test))  # imports
        done = [
            run_window(
                lab,
                WindowTask(window, base, space, SearchPlan(TRIALS), Objective.SHARPE),
            )
            for window in cut
        ]
    total = time.perf_counter() - began
    seconds, engine = sum(d.seconds for d in done), sum(d.engine_s for d in done)
    outside = 1 - engine / seconds
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report.row(
        f"walk forward, {len(cut)} windows x {TRIALS} trials ({sum(d.runs for d in done)} runs)",
        "",
        f"{total:.0f} s, {memory_mb:.0f} MB",
        f"{outside:.1%} outside Freqtrade",
        "< 15%",
        reached=outside < 0.15,
    )


def lookup(home: FreqtradeHome, report: Report) -> None:
    with home.database.transaction() as cursor:
        cursor.execute("SELECT specification_hash FROM backtest_run LIMIT 1")
        (name,) = cursor.fetchone() or ("",)
        cursor.execute(
            "INSERT INTO backtest_run (specification_hash, strategy, simulated, specification, "
            "metrics, trades, equity, family, timerange, outcome_hash, sharpe, daily_returns) "
            "SELECT md5(n::text), strategy, simulated, specification, metrics, trades, equity, "
            "family, timerange, md5(n::text), sharpe + n * 1e-6, daily_returns "
            "FROM backtest_run, generate_series(1, %s) n WHERE specification_hash = %s",
            (STORED, name),
        )
    store, index = ResultStore(home.database), RunIndex(home.database)
    base: Specification = store.recent(1)[0].specification
    ways = {
        "one run, whole": lambda: store.find(name),
        "the last 20, summaries": lambda: index.recent(20),
        "20 of a family, by parameters": lambda: index.search(family=base.family, limit=20),
        "what was tried on these candles": lambda: index.tried(base.family, base.timerange),
    }
    for what, way in ways.items():
        took = statistics.median(seconds_of(way) for _ in range(11)) * 1000
        report.row(
            f"look up among {STORED:,}: {what}", "", f"{took:.1f} ms", "", "< 50 ms",
            reached=took < 50,
        )  # fmt: skip


def six_months(home: FreqtradeHome, report: Report) -> None:
    plain_s, theirs, ours = [], [], []
    spans = [Timerange.parse(f"{start}-{end}") for start, end in itertools.pairwise(MONTH_STARTS)]
    with replay(home) as overlay:
        for span in spans:
            month = replace(home, timerange=span)
            plain_s.append(seconds_of(lambda month=month: run_plain(month, overlay)))  # type: ignore[misc]
            theirs.append(
                sorted(
                    (t["pair"], str(t["open_date"]), str(t["close_date"]), t["open_rate"],
                     t["close_rate"], t["amount"], t["profit_abs"], t["exit_reason"])
                    for t in exported_trades(home.user_data)
                )
            )  # fmt: skip
    base = home.specification(STRATEGY, profile="offline")
    began = time.perf_counter()
    with laboratory(home) as lab:
        results = [lab.result(replace(base, timerange=span)) for span in spans]
    took = time.perf_counter() - began
    for result in results:
        ours.append(
            sorted(
                (t.pair, f"{t.opened_at}", f"{t.closed_at}", t.open_rate, t.close_rate, t.amount,
                 t.profit_quote, t.exit_reason)
                for t in result.trades
            )
        )  # fmt: skip
    if ours != theirs or not all(ours):
        raise RuntimeError("the trades of a window differ from the command line's")
    ratio = sum(plain_s) / took
    count = sum(map(len, ours))
    report.row(
        f"six months of 5m, a window each ({count} identical trades)",
        f"{sum(plain_s):.1f} s",
        f"{took:.1f} s",
        f"{ratio:.1f}x",
        ">= 3x",
        reached=ratio >= 3,
    )


def main() -> int:
    report = Report()
    with installation(YEAR) as home:
        for part in (hundred_runs, scaling, walk, lookup):
            part(home, report)
    with installation(MONTHS) as home:
        six_months(home, report)
    Console(width=130).print(report.table)
    print(json.dumps({"load": os.getloadavg()}))  # noqa: T201  # what the figures are worth
    return 0 if report.reached else 1


if __name__ == "__main__":
    sys.exit(main())
