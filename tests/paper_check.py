"""Two weeks of recorded five-minute candles through Freqtrade's own worker, beside the backtest.

`python -m tests.paper_check` (`make paper-check`) runs each strategy twice and prints a table: what
agrees with the backtest, every difference with its cause, whether the two runs traded alike, how
fast they were. It fails where a difference is unexplained, two runs differ, a run is slower than
1,000 times real time, or, of the trades of all strategies together, less than 99% of the entries or
97% of the exits agree.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import OHLCV_COLUMNS, make_frame, open_times_ms
from proratio_core.clock import SystemClock
from proratio_core.database import Database, open_database
from proratio_core.settings import Settings, tell_processes
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_tradehub.paper import (
    Agreement,
    Outcome,
    ReplayPlan,
    compare_with_backtest,
    parse_window,
    run_session,
)

ROOT = Path(__file__).parents[1]
PAIRS = tuple(Pair.parse(f"{base}/USDT") for base in ("BTC", "ETH", "BNB", "SOL", "XRP", "DOGE"))
STRATEGIES = ("MovingAverageCross", "Scalping", "BollingerBounce")
WINDOW = "2025-03-01..2025-03-14"
STEP_S = 60
LEAST_ENTRIES, LEAST_EXITS, LEAST_SPEED = 0.99, 0.97, 1_000.0
"""What has to be reached: shares of the trades, and virtual seconds in a second."""


@dataclass(frozen=True)
class Checked:
    """One strategy, run twice."""

    first: Outcome
    second: Outcome
    agreement: Agreement

    @property
    def is_repeated(self) -> bool:
        return self.first.hash == self.second.hash

    @property
    def speed(self) -> float:
        return min(self.first.speed, self.second.speed)

    @property
    def failures(self) -> list[str]:
        found = self.agreement
        checks = {
            "unexplained": found.unexplained == 0,
            "two runs": self.is_repeated,
            "speed": self.speed >= LEAST_SPEED,
            "no trade": found.entries > 0,
        }
        return [name for name, holds in checks.items() if not holds]


@contextmanager
def installation(market_data: Path) -> Iterator[tuple[Settings, Database]]:
    """Yield an installation of its own with the recorded candles."""
    with tempfile.TemporaryDirectory(prefix="proratio-paper-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run as root, the embedded server is another user
        user_data = folder / "user_data"
        shutil.copytree(ROOT / "user_data" / "strategies", user_data / "strategies")
        for file in (ROOT / "user_data").glob("*.json"):
            shutil.copy(file, user_data)
        tell_processes({"PRORATIO_USER_DATA": str(user_data)})
        settings = Settings(PRORATIO_USER_DATA=user_data)
        with open_database(settings) as database:
            store = CandleStore(database)
            for pair in PAIRS:
                file = market_data / "binance" / f"{pair.base}_{pair.quote}-5m.feather"
                store.write(SeriesKey("binance", pair, Timeframe.M5), _candles(file))
            yield settings, database


def _candles(file: Path) -> pd.DataFrame:
    frame = pd.read_feather(file)
    values = {name: frame[name].to_numpy() for name in OHLCV_COLUMNS}
    return make_frame(open_times_ms(frame), values)


def check(
    strategy: str, window: str, step_s: int, settings: Settings, database: Database
) -> Checked:
    """Run a session twice, and the backtest of the same candles."""
    start, end = parse_window(window, Timeframe.M5)
    plan = ReplayPlan(
        strategy, "binance", PAIRS, Timeframe.M5, start, end, step_s=step_s, profile="none"
    )
    first, second = (run_session(plan, settings, database) for _ in range(2))
    return Checked(first, second, compare_with_backtest(first, settings, database, SystemClock()))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def show(checked: Checked) -> None:
    """Print what a strategy came to."""
    first, found = checked.first, checked.agreement
    causes = Counter(str(one.cause) for one in found.explained)
    say(
        f"{first.plan.strategy:20} {found.entries_matched:4} of {found.entries:4} entries  "
        f"{found.exits_matched:4} of {found.entries_matched:4} exits  "
        f"x{checked.first.speed:,.0f} and x{checked.second.speed:,.0f} real time  "
        f"SHA-256 {first.hash[:16]} {'twice' if checked.is_repeated else 'NOT REPEATED'}  "
        f"{', '.join(checked.failures) or 'passed'}"
    )
    for cause, count in causes.most_common():
        say(f"{'':20} {count:4} x {cause}")
    for line in found.lines:
        say(f"{'':20} {line}")


def show_total(checked: Sequence[Checked]) -> bool:
    """Print what all strategies came to together; return whether it is enough."""
    found = [one.agreement for one in checked]
    entries, matched = sum(a.entries for a in found), sum(a.entries_matched for a in found)
    exits = sum(a.exits_matched for a in found)
    holds = matched >= LEAST_ENTRIES * entries and exits >= LEAST_EXITS * matched
    say(
        f"{'together':20} {matched:4} of {entries:4} entries ({matched / entries:.1%})  "
        f"{exits:4} of {matched:4} exits ({exits / matched:.1%})  {'passed' if holds else 'FAILED'}"
    )
    return holds


def main() -> int:
    """Check every strategy; return how many failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", default=WINDOW)
    parser.add_argument("--step", type=int, default=STEP_S, help="virtual seconds of a loop")
    parser.add_argument("--strategies", nargs="+", default=STRATEGIES)
    arguments = parser.parse_args()
    default = ROOT.parent / "shared" / "market-data"
    market_data = Path(os.environ.get("PRORATIO_MARKET_DATA", default))
    checked: list[Checked] = []
    with installation(market_data) as (settings, database):
        for strategy in arguments.strategies:
            checked.append(check(strategy, arguments.window, arguments.step, settings, database))
            show(checked[-1])
    holds = show_total(checked)
    return sum(bool(one.failures) for one in checked) + (not holds)


if __name__ == "__main__":
    sys.exit(main())
