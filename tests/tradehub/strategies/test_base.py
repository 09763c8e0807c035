"""The adapter takes its signals from the rule and its stake from the wallet."""

from __future__ import annotations

from typing import Any

import pytest

from proratio_tradehub.strategies import RuleStrategy
from proratio_tradehub.strategies.rules import RULES, EmaCrossRule
from tests.tradehub.strategies.rules.candles import random_candles


class Wallets:
    """A wallet with a thousand in it."""

    def get_total_stake_amount(self) -> float:
        return 1_000.0


class Half(RuleStrategy):
    """A strategy that is half sure of everything."""

    rule = EmaCrossRule()
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi: dict[str, float] = {"0": 0.1}  # noqa: RUF012  # Freqtrade's form

    def confidence(self, pair: str, entry_tag: str | None) -> float:
        return 0.5


@pytest.fixture
def strategy() -> Half:
    strategy = Half({})
    strategy.wallets = Wallets()
    return strategy


def stake(strategy: RuleStrategy, **changes: Any) -> float:
    """Return the stake of an entry as Freqtrade asks for it."""
    asked = {
        "pair": "BTC/USDT",
        "current_time": None,
        "current_rate": 1.0,
        "proposed_stake": 900.0,
        "min_stake": 5.0,
        "max_stake": 1_000.0,
        "leverage": 1.0,
        "entry_tag": None,
        "side": "long",
    }
    return strategy.custom_stake_amount(**(asked | changes))


def test_stake_is_five_percent_of_the_wallet_times_confidence(strategy: Half) -> None:
    assert stake(strategy) == pytest.approx(25.0)


def test_stake_below_the_exchanges_minimum_is_refused_not_raised(strategy: Half) -> None:
    assert stake(strategy, min_stake=25.1) == 0.0


def test_stake_never_exceeds_what_is_available(strategy: Half) -> None:
    assert stake(strategy, max_stake=7.0) == 7.0


def test_missing_wallet_refuses_the_entry(strategy: Half) -> None:
    strategy.wallets = None
    assert stake(strategy) == 0.0


def test_signals_are_the_rules(strategy: Half) -> None:
    frame = strategy.populate_indicators(random_candles(2, 500), {})
    entered = strategy.populate_entry_trend(frame, {})["enter_long"]
    left = strategy.populate_exit_trend(frame, {})["exit_long"]
    assert entered.sum() > 3
    assert (entered == Half.rule.candidates(frame)).all()
    assert (left == Half.rule.exits(frame)).all()


def test_startup_candles_are_the_rules() -> None:
    assert Half.startup_candle_count == EmaCrossRule().startup_candles


def test_built_in_strategy_is_given_its_rule_by_name() -> None:
    built_in = type("SimpleTestStrategy", (RuleStrategy,), {})
    assert built_in.rule is RULES["SimpleTestStrategy"]
