"""Freqtrade's own backtests under the risk layer: the engine's, and the command line's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.errors import ProratioError
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_runner import BacktestRunner
from tests.freqtrade_home import FreqtradeHome, exported_trades

_FAULTY = """
from datetime import UTC, datetime
from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.rules import EmaCrossRule


class Faulty:
    name = "faulty"

    def check(self, state, intent):
        if state.now >= datetime(2024, 3, 1, tzinfo=UTC):
            raise ZeroDivisionError("a fault in a rule")


class Probe(RuleStrategy):
    rule = EmaCrossRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.10}

    def bot_start(self, **given):
        super().bot_start(**given)
        engine = self._risk.desk.engine
        engine._rules = (*engine._rules, Faulty())
"""
_FROM = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(
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
        Timerange.parse("20240120-20240420"),
    )
    stored = Timerange.parse("20240101-20240421")
    store_scenario(CandleStore(database), home.pairs, [Timeframe.H1], timerange=stored)
    home.install()
    (home.user_data / "strategies" / "probe.py").write_text(_FAULTY)
    yield home
    database.close()


def test_rule_that_raises_fails_a_backtest_instead_of_giving_a_result(home: FreqtradeHome) -> None:
    with (
        BacktestRunner(home.user_data, home.database) as runner,
        pytest.raises(ProratioError, match=r"Probe raised in custom_stake_amount \d+ times"),
    ):
        runner.run(home.specification("Probe", profile=None))


@pytest.mark.slow
def test_freqtrade_itself_makes_no_entry_while_a_rule_raises_and_exits_go_on(
    home: FreqtradeHome,
) -> None:
    halts = home.user_data / ".proratio" / "halts.json"
    halts.parent.mkdir(exist_ok=True)
    halts.write_text("{")  # of no concern to a backtest, nor is PostgreSQL
    done = home.freqtrade(
        "backtesting", "--strategy", "Probe", database_url="postgresql://x@127.0.0.1:1/x"
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    trades = exported_trades(home.user_data)
    opened = [trade["open_date"] for trade in trades]
    assert len(trades) > 10
    assert max(opened) < _FROM  # type: ignore[type-var]
    assert max(trade["close_date"] for trade in trades) > _FROM  # type: ignore[type-var]
    assert {trade["exit_reason"] for trade in trades} <= {"exit_signal", "stop_loss", "roi"}
    assert "a fault in a rule" in done.stdout + done.stderr
    assert halts.read_text() == "{"
    halts.unlink()
