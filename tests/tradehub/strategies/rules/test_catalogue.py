"""The library is complete, and says what is true of each strategy."""

from __future__ import annotations

import pytest

from proratio_core.values import Market, Timeframe
from proratio_signals.scoring.regimes import REGIMES
from proratio_tradehub.strategies.rules import (
    CATALOGUE,
    RULES,
    Card,
    GridRule,
    reads_funding,
    usual_pairs,
    usual_timeframe,
)
from tests.architecture.source_tree import ROOT

_SHELLS = {file.stem for file in (ROOT / "user_data" / "strategies").glob("*.py")} - {
    "Orchestrator",
    "StressProbe",  # a probe of the limits, not a strategy to choose
}


def test_every_shell_has_a_card_and_every_card_a_shell() -> None:
    assert set(CATALOGUE) == _SHELLS
    assert set(RULES) == set(CATALOGUE)


@pytest.mark.parametrize("card", CATALOGUE.values(), ids=CATALOGUE)
def test_card_names_regimes_there_are_and_says_when_it_fails(card: Card) -> None:
    assert card.regimes
    assert card.regimes <= set(REGIMES)
    assert card.what.endswith(".")
    assert card.fails_when
    assert card.holding.total_seconds() >= card.timeframe.minutes * 60


def test_only_what_reads_funding_trades_perpetuals_and_only_the_grid_adds() -> None:
    for card in CATALOGUE.values():
        assert (card.market is Market.PERPETUAL) == reads_funding(card.rule)
        assert card.adds == isinstance(card.rule, GridRule)
    assert CATALOGUE["Scalping"].timeframe is Timeframe.M5


@pytest.mark.parametrize(
    ("strategy", "timeframe", "first"),
    [
        ("Scalping", Timeframe.M5, "BTC/USDT"),
        ("FundingCarry", Timeframe.H1, "BTC/USDT:USDT"),
        ("SomebodysOwn", Timeframe.H1, "BTC/USDT"),
    ],
)
def test_whoever_names_no_candles_gets_those_the_strategy_is_made_for(
    strategy: str, timeframe: Timeframe, first: str
) -> None:
    assert usual_timeframe(strategy) is timeframe
    assert str(usual_pairs(strategy)[0]) == first
