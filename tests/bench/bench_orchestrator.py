"""What each further strategy costs an orchestrator: `python -m tests.bench.bench_orchestrator`.

Ten pairs, a year of hourly candles, one to five strategies in one bot, ungated, each run in the
same process on candles that stay loaded. It scales linearly, or better, when no further strategy
costs more than the first one did with everything that is there once. Figures are medians of `RUNS`
runs each, taken in turns, in processor time; only ratios travel between machines.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.database.connection import ensure_schema
from proratio_core.database.server import embedded_server
from proratio_core.values import SIMULATED, Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_runner import BacktestRunner
from tests.freqtrade_home import FreqtradeHome

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
STRATEGIES = ("DonchianBreakout", "Momentum", "AIEnhancedTrend", "BollingerBounce", "MeanReversion")
BASES = ("BTC", "ETH", "BNB", "SOL", "XRP", "ADA", "DOGE", "AVAX", "DOT", "LINK")
_SHELL = """
from proratio_tradehub.strategies import OrchestratorStrategy


class Bench{count}(OrchestratorStrategy):
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {{"0": 0.20}}
"""


@contextmanager
def installation() -> Iterator[FreqtradeHome]:
    """Make a user directory with ten pairs and an orchestrator of each size."""
    pairs = tuple(Pair(base, "USDT") for base in BASES)
    with tempfile.TemporaryDirectory(prefix="proratio-bench-") as folder:
        Path(folder).chmod(0o755)  # run as root, the server is another user
        with embedded_server(Path(folder) / "postgres") as url:
            os.environ["DATABASE_URL"] = url
            database = Database(url)
            ensure_schema(database)
            stored = Timerange.parse("20231201-20250102")
            store_scenario(CandleStore(database), pairs, (Timeframe.H1,), timerange=stored)
            home = FreqtradeHome(
                Path(folder) / "user_data",
                url,
                database,
                SIMULATED,
                pairs,
                Timeframe.H1,
                Timerange.parse("20240101-20250101"),
            )
            home.install()
            for count in range(1, len(STRATEGIES) + 1):
                _write_orchestrator(home, count)
            yield home
            database.close()


def _write_orchestrator(home: FreqtradeHome, count: int) -> None:
    folder = home.user_data / "strategies"
    listed = "".join(f'\n[[strategies]]\nname = "{name}"\n' for name in STRATEGIES[:count])
    (folder / f"Bench{count}.py").write_text(_SHELL.format(count=count))
    (folder / f"Bench{count}.toml").write_text(f"switch_by_regime = true\n{listed}")


def measure(home: FreqtradeHome) -> tuple[list[float], list[int]]:
    """Return the median seconds of a run and its trades, for one strategy to all of them."""
    counts = range(1, len(STRATEGIES) + 1)
    seconds: dict[int, list[float]] = {count: [] for count in counts}
    trades = dict.fromkeys(counts, 0)
    with BacktestRunner(home.user_data, home.database) as runner:
        for _ in range(RUNS + 1):  # the first loads the candles and is not counted
            for count in counts:
                specification = home.specification(f"Bench{count}", profile=None)
                began = time.process_time()
                trades[count] = len(runner.run(specification).trades)
                seconds[count].append(time.process_time() - began)
    medians = [statistics.median(seconds[count][1:]) for count in counts]
    return medians, [trades[count] for count in counts]


def main() -> int:
    with installation() as home:
        seconds, trades = measure(home)
    table = Table(title=f"Orchestrator, {len(BASES)} pairs, a year of 1h, medians of {RUNS}")
    for heading in ("strategies", "CPU s", "trades", "of one", "goal", ""):
        table.add_column(heading, justify="right")
    reached = True
    for count, took in enumerate(seconds, 1):
        is_linear = took <= count * seconds[0]
        reached &= is_linear
        table.add_row(
            *(str(count), f"{took:.2f}", f"{trades[count - 1]:,}", f"{took / seconds[0]:.2f}x"),
            *(f"<= {count}.00x", "reached" if is_linear else "MISSED"),
        )
    console = Console(width=110)
    console.print(table)
    each = (seconds[-1] - seconds[0]) / (len(seconds) - 1)
    console.print(f"A further strategy costs {each:.2f} s, {each / seconds[0]:.2f} of the first.")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
