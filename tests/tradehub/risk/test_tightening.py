from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from proratio_core.errors import ConfigurationError
from proratio_core.values import Market
from proratio_tradehub.risk.profile_files import load_risk_profile
from proratio_tradehub.risk.tightening import tightened

BASE = load_risk_profile("proratio")
EARNED = load_risk_profile("tradingbot-v2")
REDUCED = load_risk_profile("autonomous")
REMEDY = (
    "A file may tighten the limits of its base 'proratio', never loosen them: "
    "correct or remove these lines"
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"max_positions": 3},
        {"description": "the same with other words"},
        {"max_positions": 2, "max_drawdown_frac": 0.08},
        {"markets": ["spot"]},
        {"min_reward_risk": 2.5},
        {"max_daily_loss_frac": 0.05},
        {"correlation_candles": 100},
        {"min_seconds_between_entries": 60},
        {"sizing": {"stake_frac": 0.03}},
        {"sizing": {"kelly_frac": 0.1}},
        {"allow_degraded": False},
        {"ladder": None},
    ],
)
def test_tighter_limits_are_taken_and_the_rest_stays(changes: dict[str, Any]) -> None:
    result = tightened(BASE, "mine", changes)
    expected = BASE.model_dump() | {"name": "mine"} | changes
    expected["sizing"] = BASE.sizing.model_dump() | changes.get("sizing", {})
    expected["markets"] = sorted(expected["markets"])

    assert result.model_dump() == expected


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"max_positions": 4}, "max_positions = 4 is not below 3"),
        ({"max_drawdown_frac": 0.11}, "max_drawdown_frac = 0.11 is not below 0.1"),
        ({"min_reward_risk": 1.5}, "min_reward_risk = 1.5 is not above 2"),
        ({"max_correlation": 0.95}, "max_correlation = 0.95 is not below 0.85"),
        ({"volatility_candles": 24}, "volatility_candles = 24 is not the same as 12"),
        ({"allow_degraded": True}, "allow_degraded = True is not less than False"),
        ({"sizing": {"stake_frac": 0.06}}, "sizing.stake_frac = 0.06 is not below 0.05"),
        (
            {"max_positions": 4, "max_spread_frac": 0.01},
            "max_positions = 4 is not below 3; max_spread_frac = 0.01 is not below 0.002",
        ),
    ],
)
def test_looser_limit_is_refused_with_the_remedy(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{re.escape(f'{problem}. {REMEDY}')}$"):
        tightened(BASE, "mine", changes)


def test_every_single_number_refuses_to_be_loosened() -> None:
    """Move each limit that has a direction the wrong way, by a little."""
    for name, field in type(BASE).model_fields.items():
        value = getattr(BASE, name)
        way = next((item for item in field.metadata if item in ("lower", "higher")), None)
        if way is None or value is None or name == "max_leverage":
            continue
        step = 1 if isinstance(value, int) else value * 0.01
        looser = value + step if way == "lower" else value - step
        if (name, looser < 1) == ("min_profit_to_costs", True):
            continue  # at its bound already
        with pytest.raises(ConfigurationError, match=f"^{name} = .* is not "):
            tightened(BASE, "mine", {name: looser})


def test_market_cannot_be_added_nor_exchanged() -> None:
    spot = tightened(BASE, "spot", {"markets": ["spot"]})

    for markets in (["perpetual"], ["spot", "perpetual"]):
        with pytest.raises(ConfigurationError, match=r"^markets = "):
            tightened(spot, "mine", {"markets": markets})
    assert spot.markets == frozenset({Market.SPOT})


def test_limit_cannot_be_taken_away() -> None:
    with pytest.raises(ConfigurationError, match=r"^max_daily_loss_frac = none is not below 0.05"):
        tightened(REDUCED, "mine", {"max_daily_loss_frac": None})
    with pytest.raises(ConfigurationError, match=r"^ladder = none is not below "):
        tightened(EARNED, "mine", {"ladder": None})


def test_ladder_may_be_cut_in_what_it_risks_and_not_in_its_steps() -> None:
    result = tightened(EARNED, "mine", {"ladder": {"profit_at_risk_frac": 0.2}})
    steps = [{"profit_frac": 0.1, "leverage": 4.0}]

    assert result.ladder is not None
    assert EARNED.ladder is not None
    assert result.ladder.profit_at_risk_frac == 0.2
    assert result.ladder.steps == EARNED.ladder.steps
    with pytest.raises(ConfigurationError, match=r"^ladder\.steps = .* is not the same as"):
        tightened(EARNED, "mine", {"ladder": {"steps": steps}})
    with pytest.raises(ConfigurationError, match=r"^ladder\.profit_staked_frac = 0.6 is not below"):
        tightened(EARNED, "mine", {"ladder": {"profit_staked_frac": 0.6}})


def test_ladder_where_there_was_none_limits_leverage_further() -> None:
    perpetuals = load_risk_profile("perpetuals")
    ladder = {
        "steps": [{"profit_frac": 0.5, "leverage": 2.0}],
        "profit_staked_frac": 0.5,
        "profit_at_risk_frac": 0.3,
    }

    assert tightened(perpetuals, "mine", {"ladder": ladder}).ladder is not None


def test_unknown_key_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"^max_heat is not a limit; did you mean max_heat_frac.* there are",
    ):
        tightened(BASE, "mine", {"max_heat": 0.01})
    with pytest.raises(ConfigurationError, match=r"^sizing\.stake is not a limit; did you mean"):
        tightened(BASE, "mine", {"sizing": {"stake": 0.01}})
    with pytest.raises(ConfigurationError, match=r"^zzz is not a limit; there are: name, desc"):
        tightened(BASE, "mine", {"zzz": 1})


def test_number_where_a_table_belongs_is_refused() -> None:
    with pytest.raises(ValidationError, match="sizing"):
        tightened(BASE, "mine", {"sizing": 0.01})


def test_changes_that_contradict_are_refused() -> None:
    with pytest.raises(ValidationError, match="is above max_heat_frac"):
        tightened(BASE, "mine", {"max_heat_frac": 0.01})
