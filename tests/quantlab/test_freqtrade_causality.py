"""The leak test finds what it is made for; Freqtrade's analyses agree where they can see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_causality import find_leaks
from proratio_quantlab.freqtrade_runner import BacktestRunner
from tests.freqtrade_home import FreqtradeHome

_SEES_THE_NEXT_CLOSE = """
import numpy as np
from proratio_tradehub.strategies import RuleStrategy


class Peeking:
    startup_candles = 30

    def indicators(self, frame):
        return frame.assign(rises=frame["close"].shift(-1) > frame["close"])

    def candidates(self, frame):
        return frame["rises"].to_numpy()

    def exits(self, frame):
        return np.zeros(len(frame), bool)


class SeesTheNextClose(RuleStrategy):
    rule = Peeking()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1}
"""

_READS_TOMORROWS_VOTE = """
import numpy as np
from proratio_core.candles.frame import open_times_ms
from proratio_tradehub.strategies import ConsensusStrategy
from proratio_tradehub.strategies.rules import TrendRule


class ReadsTomorrowsVote(ConsensusStrategy):
    rule = TrendRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1}

    def populate_entry_trend(self, frame, metadata):
        approved = self._approvals_on(metadata["pair"])
        two_hours_on = open_times_ms(frame) + 2 * 3_600_000
        entries = np.array([close in approved for close in two_hours_on.tolist()])
        return frame.assign(enter_long=entries.astype("int8"))
"""


@pytest.fixture(scope="module")
def built_home(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[FreqtradeHome]:
    database = Database(module_database_url)
    home = FreqtradeHome(
        tmp_path_factory.mktemp("home") / "user_data",
        module_database_url,
        database,
        "simulated",
        (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")),
        Timeframe.H1,
        Timerange.parse("20240201-20240501"),
    )
    store_scenario(
        CandleStore(database),
        home.pairs,
        [Timeframe.H1],
        timerange=Timerange.parse("20240101-20240601"),
    )
    home.install()
    home.fill_ledger()
    for name, text in (
        ("SeesTheNextClose", _SEES_THE_NEXT_CLOSE),
        ("ReadsTomorrowsVote", _READS_TOMORROWS_VOTE),
    ):
        (home.user_data / "strategies" / f"{name}.py").write_text(text)
    yield home
    database.close()


@pytest.fixture
def home(built_home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch) -> FreqtradeHome:
    monkeypatch.setenv("DATABASE_URL", built_home.database_url)
    return built_home


@pytest.fixture
def runner(home: FreqtradeHome) -> Iterator[BacktestRunner]:
    with BacktestRunner(home.user_data, home.database) as runner:
        yield runner


@pytest.mark.parametrize(
    ("strategy", "profile"), [("AIEnhancedTrend", "offline"), ("SimpleTestStrategy", None)]
)
def test_our_strategies_judge_alike_with_and_without_the_future(
    home: FreqtradeHome, runner: BacktestRunner, strategy: str, profile: str | None
) -> None:
    report = find_leaks(runner, home.specification(strategy, profile=profile), samples=40)
    assert report.leaks == ()
    assert report.signals > 10
    assert report.candles > 100


def test_strategy_that_sees_the_next_close_is_caught(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    report = find_leaks(runner, home.specification("SeesTheNextClose", profile=None), samples=20)
    assert len(report.leaks) >= 20
    assert {leak.column for leak in report.leaks} == {"enter_long"}
    assert "enter_long is 1 knowing the future, None without it" in str(report.leaks[0])


def test_strategy_that_reads_a_later_vote_is_caught(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    specification = home.specification("ReadsTomorrowsVote", profile="offline")
    report = find_leaks(runner, specification, samples=20)
    assert report.leaks
    assert {leak.column for leak in report.leaks} == {"enter_long"}


@pytest.mark.parametrize("strategy", ["AIEnhancedTrend", "SimpleTestStrategy"])
def test_freqtrades_own_analyses_pass(home: FreqtradeHome, strategy: str) -> None:
    gate = home.user_data / "offline.json"
    gate.write_text('{"proratio": {"profile": "offline"}}')
    looked = home.analyse(
        *("lookahead-analysis", "--strategy", strategy, "--config", str(gate)),
        *("--minimum-trade-amount", "2", "--targeted-trade-amount", "6", "--allow-limit-orders"),
    )
    assert looked.returncode == 0, looked.stderr
    (row,) = [line for line in looked.stdout.splitlines() if f" {strategy}.py" in line]
    _, _, _, biased, signals, *_ = (cell.strip() for cell in row.split("│"))
    assert biased == "No"
    assert int(signals) > 2
    recursed = home.analyse(
        *("recursive-analysis", "--strategy", strategy, "--config", str(gate)),
        *("--pairs", "BTC/USDT"),
    )
    assert recursed.returncode == 0, recursed.stderr
    assert "No lookahead bias on indicators found" in recursed.stdout + recursed.stderr
