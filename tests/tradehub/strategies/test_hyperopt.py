"""Rules searched by `freqtrade hyperopt`, and what it found followed by trading and backfill."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from freqtrade.enums import RunMode
from freqtrade.strategy import DecimalParameter, IntParameter

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_core.values import Pair, Timeframe, Timerange
from proratio_quantlab.freqtrade_runner import BacktestRunner
from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.questions import rule_of
from proratio_tradehub.strategies.rules import EmaCrossRule, TrendRule, tunables
from tests.freqtrade_home import FreqtradeHome
from tests.tradehub.strategies.rules.candles import random_candles

_SEARCH = {"runmode": RunMode.HYPEROPT, "spaces": ["buy"]}


class Tuned(RuleStrategy):
    """A strategy with a rule to search."""

    rule = TrendRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi: dict[str, float] = {"0": 0.1}  # noqa: RUF012  # Freqtrade's form


def test_each_tunable_field_is_a_freqtrade_parameter_with_its_span_and_default() -> None:
    for name, span in tunables(TrendRule()).items():
        parameter = getattr(Tuned, name)
        assert (parameter.low, parameter.high, parameter.space) == (span.low, span.high, span.space)
        assert parameter.value == getattr(TrendRule(), name)
        assert isinstance(parameter, IntParameter if span.is_whole else DecimalParameter)


def test_parameter_changed_between_epochs_changes_the_rule_and_its_indicators() -> None:
    strategy, frame = Tuned({**_SEARCH, "analyze_per_epoch": True}), random_candles(2, 500)
    before = strategy.populate_indicators(frame, {})["ema_fast"]
    strategy.fast_candles = IntParameter(8, 30, default=9, space="buy")
    after = strategy.populate_indicators(frame, {})["ema_fast"]
    assert strategy.rule == TrendRule(fast_candles=9)
    assert not before.equals(after)
    assert Tuned.rule == TrendRule()


def test_search_that_computes_indicators_once_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="--analyze-per-epoch"):
        Tuned(_SEARCH)
    widest = Tuned({**_SEARCH, "analyze_per_epoch": True})
    assert widest.startup_candle_count == 8 * 100
    assert Tuned({**_SEARCH, "spaces": ["roi"]}).startup_candle_count == 8 * 50


def test_outside_a_search_parameters_of_freqtrade_change_nothing() -> None:
    strategy = Tuned({})
    strategy.fast_candles = IntParameter(8, 30, default=9, space="buy")
    strategy.populate_indicators(random_candles(2, 100), {})
    assert strategy.rule == TrendRule()


@pytest.fixture
def home(tmp_path: Path, database: Database, database_url: str) -> FreqtradeHome:
    pair = Pair.parse("BTC/USDT")
    stored = Timerange.parse("20240101-20240402")
    store_scenario(CandleStore(database), [pair], [Timeframe.H1], timerange=stored)
    home = FreqtradeHome(
        tmp_path / "user_data",
        database_url,
        database,
        "simulated",
        (pair,),
        Timeframe.H1,
        Timerange.parse("20240210-20240401"),
    )
    home.install()
    return home


def test_what_a_search_left_is_followed_by_the_backtest_and_by_the_backfill(
    home: FreqtradeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", home.database_url)
    name = "MovingAverageCross"
    file = home.user_data / "strategies" / f"{name}.json"
    found = {"buy": {"fast_candles": 6, "slow_candles": 30}, "sell": {}}
    file.write_text(json.dumps({"strategy_name": name, "params": found}))
    with BacktestRunner(home.user_data, home.database) as runner:
        strategy, data = runner.prepare(home.specification(name, profile=None))
    expected = EmaCrossRule(fast_candles=6, slow_candles=30)
    assert rule_of(name, home.user_data) == expected
    assert strategy.startup_candle_count == expected.startup_candles
    (frame,) = data.values()
    judged = strategy.advise_indicators(frame.copy(), {"pair": "BTC/USDT"})
    assert strategy.rule == expected
    assert judged["ema_fast"].equals(expected.indicators(frame)["ema_fast"])


def test_file_with_a_value_outside_its_span_stops_both(home: FreqtradeHome) -> None:
    name = "MovingAverageCross"
    file = home.user_data / "strategies" / f"{name}.json"
    params = {"buy": {"fast_candles": 500}}
    file.write_text(json.dumps({"strategy_name": name, "params": params}))
    for ask in (
        lambda: rule_of(name, home.user_data),
        lambda: _prepare(home, name),
    ):
        with pytest.raises(ConfigurationError, match="from 4 to 20"):
            ask()


def _prepare(home: FreqtradeHome, name: str) -> None:
    with BacktestRunner(home.user_data, home.database) as runner:
        runner.prepare(home.specification(name, profile=None))


@pytest.mark.slow
def test_freqtrade_hyperopt_searches_the_trend_strategy_offline(home: FreqtradeHome) -> None:
    ungated = home.user_data / "ungated.json"
    ungated.write_text('{"proratio": {"profile": "none"}}')
    ran = replace(home, timerange=Timerange.parse("20240215-20240401")).freqtrade(
        *("hyperopt", "--strategy", "AIEnhancedTrend", "--config", str(ungated)),
        *("--spaces", "buy", "sell", "--analyze-per-epoch", "--epochs", "4", "--min-trades", "1"),
        *("--hyperopt-loss", "SharpeHyperOptLossDaily", "--job-workers", "1"),
        *("--random-state", "7"),
    )
    assert ran.returncode == 0, ran.stderr
    left = json.loads((home.user_data / "strategies" / "AIEnhancedTrend.json").read_text())
    assert set(left["params"]["buy"]) == {"fast_candles", "slow_candles", "rsi_low"}
    assert rule_of("AIEnhancedTrend", home.user_data) == TrendRule(
        **left["params"]["buy"], **left["params"]["sell"]
    )
