"""Several strategies in the real engine: precedence, ownership, shares, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_causality import find_leaks
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_quantlab.results import Trade
from proratio_tradehub.strategies import OrchestratorStrategy
from proratio_tradehub.strategies.gate import judged_close_ms, strategy_of
from proratio_tradehub.strategies.rules import RULES
from tests.freqtrade_home import FreqtradeHome

_PAIRS = tuple(Pair.parse(f"{base}/USDT") for base in ("BTC", "ETH", "SOL"))
_SHELL = """
from proratio_tradehub.strategies import OrchestratorStrategy


class NAME(OrchestratorStrategy):
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = ROI
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
        _PAIRS,
        Timeframe.H1,
        Timerange.parse("20240201-20240701"),
    )
    stored = Timerange.parse("20240101-20240702")
    store_scenario(CandleStore(database), _PAIRS, [Timeframe.H1], timerange=stored, seed=3)
    home.install()
    yield home
    database.close()


@pytest.fixture
def home(built_home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch) -> FreqtradeHome:
    monkeypatch.setenv("DATABASE_URL", built_home.database_url)
    return built_home


@pytest.fixture(scope="module")
def runner(built_home: FreqtradeHome) -> Iterator[BacktestRunner]:
    with BacktestRunner(built_home.user_data, built_home.database) as runner:
        yield runner


def install(home: FreqtradeHome, name: str, text: str, *, roi: str = '{"0": 0.9}') -> None:
    """Put an orchestrator of its own into the user directory."""
    folder = home.user_data / "strategies"
    (folder / f"{name}.py").write_text(_SHELL.replace("NAME", name).replace("ROI", roi))
    (folder / f"{name}.toml").write_text(text)


def members(*names: str, switch: bool = False) -> str:
    listed = "".join(f'[[strategies]]\nname = "{name}"\n' for name in names)
    return f"switch_by_regime = {str(switch).lower()}\n{listed}"


def run(
    runner: BacktestRunner, home: FreqtradeHome, strategy: str, *, profile: str | None = None
) -> tuple[Trade, ...]:
    specification = replace(home.specification(strategy, profile=profile), max_open_trades=3)
    return runner.run(specification).trades


def outcome(trades: tuple[Trade, ...]) -> list[tuple[object, ...]]:
    """Return what happened, without the tags."""
    return [(t.pair, t.opened_at, t.closed_at, t.profit_quote, t.exit_reason) for t in trades]


def test_orchestra_of_one_trades_exactly_as_the_strategy_alone(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    install(home, "Solo", members("DonchianBreakout"), roi='{"0": 0.30}')
    together, alone = run(runner, home, "Solo"), run(runner, home, "DonchianBreakout")
    assert len(alone) > 20
    assert {"exit_signal", "stop_loss"} <= {trade.exit_reason for trade in alone}
    assert outcome(together) == outcome(alone)


def test_every_trade_is_tagged_closed_and_accounted_for_by_its_own_strategy(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    names = ("DonchianBreakout", "MeanReversion", "BollingerBounce")
    install(home, "Trio", members(*names))
    trades = run(runner, home, "Trio")
    store = CandleStore(home.database)
    frames = {str(key.pair): store.read(key) for key in home.keys}
    owners: dict[str, list[Trade]] = defaultdict(list)
    for trade in trades:
        owners[strategy_of(trade.enter_tag)].append(trade)
        assert judged_close_ms(trade.enter_tag) == trade.opened_at.timestamp() * 1_000
    assert set(owners) == set(names)
    for name, own in owners.items():
        for pair, frame in frames.items():
            rule = RULES[name]
            judged = rule.indicators(frame)
            closes = frame["date"] + timedelta(hours=1)
            entered, left = set(closes[rule.candidates(judged)]), set(closes[rule.exits(judged)])
            for trade in (trade for trade in own if trade.pair == pair):
                assert trade.opened_at in entered
                if trade.exit_reason == "exit_signal":
                    assert trade.closed_at in left


def test_switching_by_regime_leaves_out_what_is_outside(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    install(home, "Free", members("DonchianBreakout"))
    install(home, "Kept", members("DonchianBreakout", switch=True))
    free = {(t.pair, t.opened_at) for t in run(runner, home, "Free")}
    kept = {(t.pair, t.opened_at) for t in run(runner, home, "Kept")}
    assert 0 < len(kept) < len(free)


def test_share_of_the_wallet_caps_what_a_strategy_may_hold(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    text = members("DonchianBreakout", "MeanReversion")
    install(home, "Tight", text.replace('"MeanReversion"', '"MeanReversion"\nshare = 0.94'))
    trades = [t for t in run(runner, home, "Tight") if strategy_of(t.enter_tag) != "MeanReversion"]
    assert len(trades) > 10
    for moment in (trade.opened_at for trade in trades):
        held = [t.stake_quote for t in trades if t.opened_at <= moment < t.closed_at]
        assert sum(held) <= 0.06 * 10_500  # the share of a wallet that grew by less than 5%
    assert min(t.stake_quote for t in trades) < 200.0  # what was left of it


def test_gated_orchestrator_keeps_the_signal_id_and_the_vote_behind_it(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    short = replace(home, timerange=Timerange.parse("20240201-20240401"))
    asked = short.fill_ledger("Orchestrator")
    trades = run(runner, short, "Orchestrator", profile="offline")
    ungated = run(runner, short, "Orchestrator")
    assert asked.degraded == 0
    assert 0 < len(trades) < len(ungated)
    assert all("/offline@" in trade.enter_tag for trade in trades)
    assert all("/none@" in trade.enter_tag for trade in ungated)


def test_orchestrator_does_not_see_the_future(home: FreqtradeHome, runner: BacktestRunner) -> None:
    report = find_leaks(runner, home.specification("Orchestrator", profile=None), samples=15)
    assert report.signals > 20
    assert report.leaks == ()


def test_freqtrade_does_not_copy_the_trade_to_ask_for_an_exit(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    strategy, _ = runner.prepare(home.specification("Orchestrator", profile=None))
    seen: list[Any] = []

    class Position:
        enter_tag = "Momentum/none@2024-01-01T12:00Z"

        def __deepcopy__(self, memo: object) -> Position:
            seen.append("copied")
            return self

    ask = strategy_safe_wrapper(strategy.custom_exit, default_retval=False)
    strategy._leaving = {"BTC/USDT": {"Momentum": frozenset({1_704_110_400_000})}}
    for minute, expected in ((0, "exit_signal"), (59, "exit_signal")):
        now = datetime(2024, 1, 1, 12, minute, tzinfo=UTC)
        assert ask(pair="BTC/USDT", trade=Position(), current_time=now) == expected
    later = datetime(2024, 1, 1, 13, tzinfo=UTC)
    assert ask(pair="BTC/USDT", trade=Position(), current_time=later) is None
    assert ask(pair="ETH/USDT", trade=Position(), current_time=later) is None
    assert seen == []


def test_class_without_a_file_has_no_strategies_and_says_so() -> None:
    class Homeless(OrchestratorStrategy):
        timeframe = "1h"

    with pytest.raises(ConfigurationError, match="a TOML beside it"):
        Homeless({})


def test_missing_list_stops_the_bot_before_it_trades(
    home: FreqtradeHome, runner: BacktestRunner
) -> None:
    install(home, "Blank", "")
    Path(home.user_data / "strategies" / "Blank.toml").unlink()
    with pytest.raises(ConfigurationError, match=r"Blank.toml cannot be read"):
        runner.prepare(home.specification("Blank", profile=None))
