"""The engine inside the process against the command line, and what it refuses."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.importers import import_files
from proratio_core.candles.simulation import store_scenario
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, ProratioError
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_quantlab.results import Trade
from tests.freqtrade_home import FreqtradeHome, exported_trades

_RAISING = """
from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.rules import EmaCrossRule

class Raising(RuleStrategy):
    rule = EmaCrossRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1}

    def confirm_trade_entry(self, **_):
        raise OSError("no answer")
"""


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str
) -> Iterator[FreqtradeHome]:
    user_data = tmp_path_factory.mktemp("home") / "user_data"
    database = Database(module_database_url)
    pairs = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))
    store_scenario(
        CandleStore(database),
        pairs,
        [Timeframe.H1],
        timerange=Timerange.parse("20240101-20240701"),
    )
    home = FreqtradeHome(
        user_data,
        module_database_url,
        database,
        "simulated",
        pairs,
        Timeframe.H1,
        Timerange.parse("20240201-20240630"),
    )
    home.install()
    home.fill_ledger()
    yield home
    database.close()


@pytest.fixture
def runner(home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch) -> Iterator[BacktestRunner]:
    monkeypatch.setenv("DATABASE_URL", home.database_url)
    with BacktestRunner(home.user_data, home.database) as runner:
        yield runner


@pytest.mark.parametrize(
    ("strategy", "profile"),
    [("SimpleTestStrategy", None), ("AIEnhancedTrend", "offline"), ("AIEnhancedTrend", None)],
)
def test_in_process_run_equals_the_command_line_trade_for_trade(
    home: FreqtradeHome, runner: BacktestRunner, strategy: str, profile: str | None
) -> None:
    assert_equal_on_the_command_line(home, runner, strategy, profile)


@pytest.mark.slow
@pytest.mark.market_data
def test_recorded_year_equals_the_command_line_trade_for_trade(
    market_data: Path, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    database = Database(database_url)
    pairs = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))
    home = FreqtradeHome(
        tmp_path / "user_data",
        database_url,
        database,
        "binance",
        pairs,
        Timeframe.H1,
        Timerange.parse("20240101-20250101"),
    )
    files = [market_data / "binance" / key.file_name for key in home.keys]
    import_files(files, CandleStore(database), SystemClock())
    home.install()
    home.fill_ledger()
    with BacktestRunner(home.user_data, database) as runner:
        trades = assert_equal_on_the_command_line(home, runner, "AIEnhancedTrend", "offline")
    assert len(trades) > 20
    database.close()


def assert_equal_on_the_command_line(
    home: FreqtradeHome, runner: BacktestRunner, strategy: str, profile: str | None
) -> tuple[Trade, ...]:
    """Run a strategy both ways, compare every field of every trade, and return the trades."""
    result = runner.run(home.specification(strategy, profile=profile))
    gate = home.user_data / "gate.json"
    gate.write_text(f'{{"proratio": {{"profile": "{profile or "none"}"}}}}')
    ran = home.freqtrade("backtesting", "--strategy", strategy, "--config", str(gate))
    assert ran.returncode == 0, ran.stderr
    theirs = [
        (
            *(trade[name] for name in ("pair", "open_rate", "close_rate", "amount")),
            *(trade[name] for name in ("profit_abs", "exit_reason")),
            trade["enter_tag"] or "",
            pd.Timestamp(trade["open_date"]).to_pydatetime(),
            pd.Timestamp(trade["close_date"]).to_pydatetime(),
            (trade["open_rate"] - trade["initial_stop_loss_abs"]) * trade["amount"],
        )
        for trade in exported_trades(home.user_data)
    ]
    ours = [
        (
            *(trade.pair, trade.open_rate, trade.close_rate, trade.amount),
            *(trade.profit_quote, trade.exit_reason, trade.enter_tag),
            *(trade.opened_at, trade.closed_at, trade.risk_quote),
        )
        for trade in result.trades
    ]
    assert ours
    assert sorted(ours) == sorted(theirs)
    return result.trades


def test_repeated_run_gives_the_identical_result(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    specification = home.specification("AIEnhancedTrend", profile="offline")
    assert runner.run(specification).run_hash == runner.run(specification).run_hash


def test_gate_only_removes_entries_of_the_ungated_twin(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    gated = runner.run(home.specification("AIEnhancedTrend", profile="offline"))
    twin = runner.run(home.specification("AIEnhancedTrend", profile=None))
    entered = {(trade.pair, trade.opened_at) for trade in gated.trades}
    assert entered < {(trade.pair, trade.opened_at) for trade in twin.trades}
    assert all(trade.enter_tag.startswith("offline@") for trade in gated.trades)


def test_progress_reaches_the_end(home: FreqtradeHome, runner: BacktestRunner) -> None:
    seen: list[float] = []
    runner.run(home.specification("SimpleTestStrategy", profile=None), progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0, abs=0.01)


def test_what_is_loaded_for_good_is_not_searched_for_garbage_at_every_run(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    gc.unfreeze()
    runner.run(home.specification("AIEnhancedTrend", profile=None))
    assert gc.get_freeze_count() > len(gc.get_objects())


def test_unknown_strategy_is_named_with_those_there_are(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    with pytest.raises(ConfigurationError, match="Nonesuch"):
        runner.run(home.specification("Nonesuch", profile=None))


def test_range_without_candles_is_refused(home: FreqtradeHome, runner: BacktestRunner) -> None:
    wanted = replace(
        home.specification("SimpleTestStrategy", profile=None),
        timerange=Timerange.parse("20200101-20200201"),
    )
    with pytest.raises(ConfigurationError, match="20200101-20200201"):
        runner.run(wanted)


def test_strategy_whose_callback_raises_fails_the_backtest(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    file = home.user_data / "strategies" / "Raising.py"
    file.write_text(_RAISING)
    try:
        with pytest.raises(ProratioError, match="confirm_trade_entry"):
            runner.run(home.specification("Raising", profile=None))
        ran = home.freqtrade("backtesting", "--strategy", "Raising", "--export", "none")
        assert ran.returncode == 0, ran.stderr
        assert "No trades made" in ran.stdout
    finally:
        file.unlink()


def test_missing_vote_table_fails_instead_of_showing_no_trades(
    home: FreqtradeHome, runner: BacktestRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@127.0.0.1:1/{tmp_path.name}")
    with pytest.raises(ProratioError, match="bot_start"):
        runner.run(home.specification("AIEnhancedTrend", profile="offline"))
