"""What an orchestrator's file may say, and what it means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proratio_core.errors import ConfigurationError
from proratio_tradehub.strategies.ensemble_file import ensemble_of, read_ensemble
from proratio_tradehub.strategies.questions import rule_of
from proratio_tradehub.strategies.rules import CATALOGUE, InRegimes, MomentumRule
from tests.architecture.source_tree import ROOT

_SHIPPED = ROOT / "user_data" / "strategies" / "Orchestrator.toml"


def of(*strategies: dict[str, Any], switch: bool = True) -> Any:
    return ensemble_of({"switch_by_regime": switch, "strategies": list(strategies)})


def test_shipped_file_runs_five_strategies_in_their_regimes_on_equal_shares() -> None:
    members = read_ensemble(_SHIPPED).members
    assert [member.name for member in members] == [
        *("DonchianBreakout", "Momentum", "AIEnhancedTrend", "BollingerBounce", "MeanReversion")
    ]
    for member in members:
        card = CATALOGUE[member.name]
        assert member.share_frac == pytest.approx(0.2)
        assert member.rule == InRegimes(card.rule, card.regimes)


def test_backfill_follows_the_file_without_freqtrade() -> None:
    assert rule_of("Orchestrator", ROOT / "user_data") == read_ensemble(_SHIPPED)


def test_what_the_file_says_stands_above_the_library() -> None:
    rule = of(
        {"name": "Momentum", "parameters": {"short_candles": 12}, "regimes": ["falling"]},
        {"name": "MeanReversion"},
        switch=False,
    )
    first, second = rule.members
    assert first.rule == InRegimes(MomentumRule(short_candles=12), frozenset({"falling"}))
    assert second.rule == CATALOGUE["MeanReversion"].rule


def test_strategies_without_a_share_divide_what_the_others_leave() -> None:
    rule = of(
        {"name": "Momentum", "share": 0.5}, {"name": "MeanReversion"}, {"name": "BollingerBounce"}
    )
    assert [member.share_frac for member in rule.members] == [0.5, 0.25, 0.25]


@pytest.mark.parametrize(
    ("strategies", "words"),
    [
        ([], "strategies: Tuple should have at least 1 item"),
        ([{"name": "Momentun"}], "'Momentun' is not in the library; there are: AIEnhancedTrend"),
        ([{"name": "Momentum", "weight": 1}], "strategies.0.weight: Extra inputs"),
        ([{"name": "Momentum"}, {"name": "Momentum"}], "each once"),
        (
            [{"name": "Momentum", "share": 0.8}, {"name": "MeanReversion", "share": 0.4}],
            "at most 1",
        ),
        ([{"name": "Momentum", "share": 1.0}, {"name": "MeanReversion"}], "each above 0"),
        ([{"name": "Momentum", "share": -0.1}], "greater than 0"),
        ([{"name": "Momentum", "regimes": ["bullish"]}], "rising, falling, ranging, turbulent"),
        ([{"name": "Momentum", "regimes": []}], "name one or more"),
        ([{"name": "Momentum", "parameters": {"period": 3}}], "no parameter 'period'"),
        ([{"name": "Momentum", "parameters": {"adx_low": 99}}], "from 15.0 to 40.0"),
        ([{"name": "Grid"}], "run it alone"),
        ([{"name": "Momentum"}, {"name": "Scalping"}], "Scalping spot 5m"),
        ([{"name": "Momentum"}, {"name": "FundingCarry"}], "FundingCarry perpetual 1h"),
    ],
)
def test_ensemble_that_cannot_run_is_refused(strategies: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        of(*strategies)


def test_file_that_says_nothing_about_regimes_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="switch_by_regime: Field required"):
        ensemble_of({"strategies": [{"name": "Momentum"}]})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        ("strategies = [", "is not TOML"),
        ("switch_by_regime = true\nstrategies = []", "Mine.toml: not an ensemble"),
    ],
)
def test_unusable_file_is_named(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "Mine.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigurationError, match=words):
        read_ensemble(file)
