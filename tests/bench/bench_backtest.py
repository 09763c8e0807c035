"""`proratio backtest` against `freqtrade backtesting`: `python -m tests.bench.bench_backtest`.

The same strategy, votes, candles, costs and machine, each in a process of its own from start to
end; the plain one asks a replay of the same market what its rules are. Trades are compared one by
one. Then the same again inside one process that stays. Figures are medians of `RUNS` runs each,
taken in turns; only ratios travel between machines. Every run of ours is `--fresh`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.database.connection import ensure_schema
from proratio_core.database.server import embedded_server
from proratio_core.replay import ReplayServer, load_markets
from proratio_core.values import SIMULATED, Pair, Timeframe, Timerange
from proratio_tradehub.backtesting import Backtester, BacktestRequest
from tests.freqtrade_home import FreqtradeHome, exported_trades

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
STRATEGY = "AIEnhancedTrend"
PRORATIO = Path(sys.executable).with_name("proratio")
HELP_GOAL_S, REPEAT_GOAL = 0.4, 0.5
GATE = '{"proratio": {"profile": "offline"}}'


@dataclass(frozen=True)
class Case:
    """One size of backtest and what our time may be, as a multiple of the plain one's."""

    name: str
    bases: tuple[str, ...]
    timeframe: Timeframe
    stored: str
    traded: str
    goal: float

    @property
    def pairs(self) -> tuple[Pair, ...]:
        return tuple(Pair(base, "USDT") for base in self.bases)


CASES = (
    Case("2 pairs, a year of 1h", ("BTC", "ETH"), Timeframe.H1,
         "20231201-20250102", "20240101-20250101", 0.9),
    Case("6 pairs, 10 months of 5m", ("BTC", "ETH", "BNB", "SOL", "XRP", "DOGE"), Timeframe.M5,
         "20241225-20251102", "20250101-20251101", 0.7),
)  # fmt: skip


@contextmanager
def installation(case: Case) -> Iterator[FreqtradeHome]:
    """Make a user directory with the case's candles exported and its candidates voted on."""
    with tempfile.TemporaryDirectory(prefix="proratio-bench-") as folder:
        Path(folder).chmod(0o755)  # run as root, the server is another user
        with embedded_server(Path(folder) / "postgres") as url:
            database = Database(url)
            ensure_schema(database)
            store_scenario(
                CandleStore(database),
                case.pairs,
                (case.timeframe,),
                timerange=Timerange.parse(case.stored),
            )
            home = FreqtradeHome(
                Path(folder) / "user_data",
                url,
                database,
                SIMULATED,
                case.pairs,
                case.timeframe,
                Timerange.parse(case.traded),
            )
            home.install()
            home.fill_ledger(STRATEGY)
            (home.user_data / "gate.json").write_text(GATE)
            yield home
            database.close()


@contextmanager
def replay(home: FreqtradeHome) -> Iterator[Path]:
    """Serve the market rules that the plain command asks for; yield the overlay that says where."""
    markets = load_markets(home.database, home.exchange, pairs=home.pairs)
    with ReplayServer(markets, SystemClock(), record=home.exchange) as server:
        path = home.user_data / "config-overlay.json"
        public = {"api": {"public": f"{server.url}/api/v3"}}
        options = {"fetchMarkets": {"types": ["spot"]}}
        ccxt_config = {"enableRateLimit": False, "urls": public, "options": options}
        pairs = [str(pair) for pair in home.pairs]
        exchange = {"enable_ws": False, "ccxt_config": ccxt_config, "pair_whitelist": pairs}
        path.write_text(json.dumps({"exchange": exchange}))
        yield path


def run_plain(home: FreqtradeHome, overlay: Path) -> None:
    files = ("config.json", "config-backtest.json", "gate.json")
    words = [
        *(sys.executable, "-W", "ignore", "-m", "freqtrade", "backtesting"),
        *("--userdir", str(home.user_data), "--strategy", STRATEGY),
        *(word for file in files for word in ("--config", str(home.user_data / file))),
        *("--config", str(overlay), "--datadir", str(home.user_data / "data" / home.exchange)),
        *("--timeframe", home.timeframe.value, "--timerange", str(home.timerange)),
        *("--cache", "none"),  # else the second run only reads what the first one left
    ]
    run(words, home)


def run(words: list[str], home: FreqtradeHome) -> str:
    environment = {
        **os.environ,
        "DATABASE_URL": home.database_url,
        "PRORATIO_USER_DATA": str(home.user_data),
    }
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return done.stdout


def run_ours(home: FreqtradeHome) -> dict[str, Any]:
    words = [
        *(str(PRORATIO), "backtest", STRATEGY, "--exchange", home.exchange),
        *("--pairs", *map(str, home.pairs)),
        *("--timeframe", home.timeframe.value, "--timerange", str(home.timerange)),
        *("--profile", "offline", "--fresh", "--json"),
    ]
    document: dict[str, Any] = json.loads(run(words, home))
    return document


def seconds_of(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def check_trades(home: FreqtradeHome, document: dict[str, Any]) -> int:
    """Stop when the two did not trade exactly the same; return how many trades there were."""
    ours = sorted(
        (t["pair"], pd.Timestamp(t["opened_at"]), pd.Timestamp(t["closed_at"]), t["open_rate"],
         t["close_rate"], t["amount"], t["profit_quote"], t["exit_reason"], t["enter_tag"])
        for t in document["runs"][0]["trades"]
    )  # fmt: skip
    theirs = sorted(
        (t["pair"], t["open_date"], t["close_date"], t["open_rate"],
         t["close_rate"], t["amount"], t["profit_abs"], t["exit_reason"], t["enter_tag"])
        for t in exported_trades(home.user_data)
    )  # fmt: skip
    if ours != theirs or not ours:
        raise RuntimeError(f"{len(ours)} trades of ours are not the {len(theirs)} plain ones")
    return len(ours)


def measure(case: Case, table: Table) -> bool:
    """Add the rows of one case; return whether the goals are reached."""
    plain_s, ours_s = [], []
    document: dict[str, Any] = {}
    with installation(case) as home, replay(home) as overlay:
        for _ in range(RUNS):
            plain_s.append(seconds_of(lambda: run_plain(home, overlay)))
            began = time.perf_counter()
            document = run_ours(home)
            ours_s.append(time.perf_counter() - began)
        trades = check_trades(home, document)
        repeats_s = repeat(home)
    plain = statistics.median(plain_s)
    name = f"{case.name} ({trades} identical trades)"
    reached = add_row(table, name, plain, statistics.median(ours_s), case.goal)
    again = add_row(table, "  again in one process", plain, repeats_s, REPEAT_GOAL)
    return reached and again


def repeat(home: FreqtradeHome) -> float:
    """Return the median seconds of runs after the first inside this process."""
    os.environ["DATABASE_URL"] = home.database_url
    request = BacktestRequest(
        STRATEGY, home.exchange, home.pairs, home.timeframe, home.timerange, "offline", fresh=True
    )
    with Backtester(home.settings, home.database, clock=SystemClock()) as backtester:
        backtester.run(request)
        return statistics.median(seconds_of(lambda: backtester.run(request)) for _ in range(RUNS))


def add_row(table: Table, name: str, plain_s: float, ours_s: float, goal: float) -> bool:
    ratio = ours_s / plain_s
    reached = ratio <= goal
    word = "reached" if reached else "MISSED"
    table.add_row(name, f"{plain_s:.2f}", f"{ours_s:.2f}", f"{ratio:.2f}x", f"<= {goal:.2f}x", word)
    return reached


def main() -> int:
    console = Console(width=110)
    table = Table(title=f"Backtests end to end, medians of {RUNS}")
    for heading in ("what", "freqtrade, s", "proratio, s", "ratio", "goal", ""):
        table.add_column(heading, justify="left" if heading in ("what", "") else "right")
    reached = all(measure(case, table) for case in CASES)
    help_s = statistics.median(
        seconds_of(lambda: subprocess.run([PRORATIO, "--help"], capture_output=True, check=True))
        for _ in range(max(RUNS, 7))
    )
    quick = help_s < HELP_GOAL_S
    table.add_row(
        "proratio --help", "", f"{help_s:.2f}", "", f"< {HELP_GOAL_S} s",
        "reached" if quick else "MISSED",
    )  # fmt: skip
    console.print(table)
    return 0 if reached and quick else 1


if __name__ == "__main__":
    sys.exit(main())
