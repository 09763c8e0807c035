"""Parameters reach the strategy, of whichever kind, for one run only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proratio_core.errors import ConfigurationError
from proratio_quantlab.freqtrade_runner import BacktestRunner
from tests.freqtrade_home import FreqtradeHome

_HOSTED = """
from freqtrade.strategy import IntParameter
from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.rules import EmaCrossRule

class Hosted(RuleStrategy):
    rule = EmaCrossRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1}
    hour = IntParameter(0, 24, default=24, space="buy")

    def populate_entry_trend(self, frame, metadata):
        frame = super().populate_entry_trend(frame, metadata)
        frame.loc[frame["date"].dt.hour >= self.hour.value, "enter_long"] = 0
        return frame
"""


@pytest.fixture
def runner(simulated_home: FreqtradeHome) -> Iterator[BacktestRunner]:
    with BacktestRunner(simulated_home.user_data, simulated_home.database) as runner:
        yield runner


def test_a_rules_parameter_changes_the_run_and_its_startup(
    simulated_home: FreqtradeHome, runner: BacktestRunner
) -> None:
    base = simulated_home.specification("SimpleTestStrategy", profile=None)
    slower = base.varied({"fast_candles": 20, "slow_candles": 50})
    strategy, _ = runner.prepare(slower)

    assert (strategy.rule.fast_candles, strategy.startup_candle_count) == (20, 400)
    assert runner.run(slower).run_hash != runner.run(base).run_hash
    assert runner.run(base.varied({"fast_candles": 12})).run_hash == runner.run(base).run_hash


def test_freqtrades_own_parameter_is_set_for_one_run(
    simulated_home: FreqtradeHome, runner: BacktestRunner
) -> None:
    file = simulated_home.user_data / "strategies" / "Hosted.py"
    file.write_text(_HOSTED)
    try:
        base = simulated_home.specification("Hosted", profile=None)
        before = runner.run(base)
        early = runner.run(base.varied({"hour": 12}))
        assert early.trades
        assert all((t.opened_at.hour - 1) % 24 < 12 for t in early.trades)
        assert len(early.trades) < len(before.trades)
        assert runner.run(base).run_hash == before.run_hash
    finally:
        file.unlink()


def test_the_stop_is_every_strategys_parameter(
    simulated_home: FreqtradeHome, runner: BacktestRunner
) -> None:
    base = simulated_home.specification("SimpleTestStrategy", profile=None)
    tight = runner.run(base.varied({"stoploss": -0.01}))
    assert sum(t.exit_reason == "stop_loss" for t in tight.trades) > sum(
        t.exit_reason == "stop_loss" for t in runner.run(base).trades
    )


def test_an_unknown_parameter_is_named_with_those_there_are(
    simulated_home: FreqtradeHome, runner: BacktestRunner
) -> None:
    base = simulated_home.specification("SimpleTestStrategy", profile=None)
    with pytest.raises(ConfigurationError, match=r"slow; there are: fast_candles, .*stoploss"):
        runner.run(base.varied({"slow": 3}))
    with pytest.raises(ConfigurationError, match="fast_candles = 'ten'"):
        runner.run(base.varied({"fast_candles": "ten"}))
