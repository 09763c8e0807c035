"""What the risk layer costs a backtest: the same strategy with it and without it, interleaved.

Without it means Freqtrade alone. With it every rule is asked about every entry, and equity is
marked to market at every candle; but no refusal counts, so that both make the same trades. Two
figures, medians of neighbouring runs in CPU time: of a whole command, which imports Freqtrade first
and is what a person starts, and of a resident run, whose program and candles are loaded, which is
what a sweep pays. The gate is a tenth of the command.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.database.migrations import upgrade
from proratio_core.database.server import embedded_server
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_runner import BacktestRunner
from tests.freqtrade_home import FreqtradeHome

_PAIRS = tuple(Pair.parse(f"{base}/USDT") for base in ("BTC", "ETH", "SOL", "BNB", "XRP"))
_RANGE = Timerange.parse("20240101-20250101")
_ROUNDS = 7
_LIMIT = 0.10
_SHELLS = """
from freqtrade.strategy import IStrategy
from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.rules import EmaCrossRule, TrendRule


class Asked:
    def __init__(self, rule):
        self.rule, self.name = rule, rule.name

    def check(self, state, intent):
        self.rule.check(state, intent)  # and whatever it says, the entry is made


class _Limited(RuleStrategy):
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.10}

    def bot_start(self, **given):
        super().bot_start(**given)
        engine = self._risk.desk.engine
        engine._rules = tuple(map(Asked, engine._rules))

    def custom_stake_amount(self, **asked):
        return self.wallets.get_total_stake_amount() * 0.05


class _Unlimited(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.10}
    use_exit_signal = True
    order_types = RuleStrategy.order_types

    def populate_indicators(self, frame, metadata):
        return self.rule.indicators(frame)

    def populate_entry_trend(self, frame, metadata):
        return frame.assign(enter_long=self.rule.candidates(frame).astype("int8"))

    def populate_exit_trend(self, frame, metadata):
        return frame.assign(exit_long=self.rule.exits(frame).astype("int8"))

    def custom_stake_amount(self, **asked):
        return self.wallets.get_total_stake_amount() * 0.05


class TrendLimited(_Limited):
    rule = TrendRule()


class TrendUnlimited(_Unlimited):
    rule = TrendRule()
    startup_candle_count = rule.startup_candles


class CrossLimited(_Limited):
    rule = EmaCrossRule()


class CrossUnlimited(_Unlimited):
    rule = EmaCrossRule()
    startup_candle_count = rule.startup_candles
"""


def main() -> int:
    """Print what a run takes either way; fail when a command pays more than a tenth."""
    with _home() as home, BacktestRunner(home.user_data, home.database) as runner:
        import_s = _import_s()
        costs = [_measured(home, runner, name, import_s) for name in ("Trend", "Cross")]
    return 0 if max(costs) <= _LIMIT else 1


def _import_s() -> float:
    """Return the CPU time in which a command comes to life, its children included."""
    before = sum(os.times()[2:4])
    command = [sys.executable, "-c", "import proratio_quantlab.freqtrade_runner"]
    subprocess.run(command, check=True, capture_output=True)
    return sum(os.times()[2:4]) - before


def _measured(home: FreqtradeHome, runner: BacktestRunner, name: str, import_s: float) -> float:
    """Return what the layer adds to a command that runs one strategy, as a fraction of it."""
    limited = replace(
        home.specification(f"{name}Limited", profile=None), risk_profile="tradingbot-v2"
    )
    unlimited = home.specification(f"{name}Unlimited", profile=None)
    trades = {len(runner.run(one).trades) for one in (limited, unlimited)}
    assert len(trades) == 1, f"the runs differ: {trades}"
    costs: list[float] = []
    took_s: dict[str, list[float]] = {limited.strategy: [], unlimited.strategy: []}
    for _ in range(_ROUNDS):
        for one in (limited, unlimited):
            gc.collect()  # or a search of all memory falls into one of the two, by chance
            began = time.process_time()
            runner.run(one)
            took_s[one.strategy].append(time.process_time() - began)
        ours, theirs = (took_s[one.strategy][-1] for one in (limited, unlimited))
        costs.append(ours - theirs)
    ours, theirs = (median(took_s[one.strategy]) for one in (limited, unlimited))
    cost_s = median(costs)
    of_command, of_run = cost_s / (theirs + import_s), cost_s / theirs
    sys.stdout.write(
        f"{name} on {len(_PAIRS)} pairs, a year of 1h, {trades.pop()} trades: {ours:.3f} s with "
        f"the risk layer, {theirs:.3f} s without; {of_command:+.1%} of a command, "
        f"{of_run:+.1%} of a resident run\n"
    )
    return of_command


@contextmanager
def _home() -> Iterator[FreqtradeHome]:
    with tempfile.TemporaryDirectory(prefix="proratio-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with embedded_server(folder / "pg") as url:
            database = Database(url)
            upgrade(database.engine)
            store_scenario(
                CandleStore(database),
                _PAIRS,
                [Timeframe.H1],
                timerange=Timerange.parse("20231201-20250101"),
            )
            home = FreqtradeHome(
                folder / "u", url, database, "simulated", _PAIRS, Timeframe.H1, _RANGE
            )
            home.install()
            (home.user_data / "strategies" / "shells.py").write_text(_SHELLS)
            yield home
            database.close()


if __name__ == "__main__":
    sys.exit(main())
