from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import pytest
from pydantic import ValidationError

from proratio_core.values import Market
from proratio_tradehub.risk.limits import Direction, LeverageLadder
from proratio_tradehub.risk.profile import RiskProfile

LADDER = {
    "steps": [{"profit_frac": 0.25, "leverage": 2.0}],
    "profit_staked_frac": 0.5,
    "profit_at_risk_frac": 0.3,
}


def _profile(**changes: Any) -> RiskProfile:
    usual: dict[str, Any] = {
        "name": "mine",
        "description": "for tests",
        "markets": ["spot", "perpetual"],
        "max_planned_loss_frac": 0.02,
        "max_drawdown_frac": 0.20,
        "max_positions": 3,
        "max_heat_frac": 0.06,
        "max_asset_exposure_frac": 0.10,
        "max_volume_frac": 0.001,
        "min_day_volume_quote": 1e6,
        "max_spread_frac": 0.002,
        "max_stop_distance_frac": 0.15,
        "sizing": {"stake_frac": 0.05},
    }
    return RiskProfile.model_validate({**usual, **changes})


def test_what_is_not_said_is_the_careful_choice() -> None:
    profile = _profile()

    assert profile.allow_degraded is False
    assert profile.max_leverage == 1.0
    assert profile.max_clock_skew_s == 5.0
    assert profile.max_data_age_candles == 1.5
    assert profile.min_profit_to_costs == 1.0
    assert (profile.reduced_size_frac, profile.correlation_candles) == (0.5, 96)
    assert profile.volatility_candles == 12
    assert profile.ladder is None


def test_every_limit_says_which_way_is_tighter() -> None:
    tables = {"sizing"}  # their own limits say so
    for name, field in RiskProfile.model_fields.items():
        directions = [item for item in field.metadata if isinstance(item, Direction)]
        assert len(directions) == (0 if name in tables else 1), name
    for name, field in LeverageLadder.model_fields.items():
        assert any(isinstance(item, Direction) for item in field.metadata), name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"max_planned_loss_frac": 0.07},
            r"max_planned_loss_frac \(0.07\) is above max_heat_frac \(0.06\), which makes it "
            r"meaningless; lower max_planned_loss_frac",
        ),
        ({"max_heat_frac": 0.21}, r"max_heat_frac \(0.21\) is above max_drawdown_frac \(0.2\)"),
        (
            {"max_daily_loss_frac": 0.01},
            r"max_planned_loss_frac \(0.02\) is above max_daily_loss_frac",
        ),
        (
            {"max_daily_loss_frac": 0.06, "max_weekly_loss_frac": 0.05},
            r"max_daily_loss_frac \(0.06\) is above max_weekly_loss_frac \(0.05\)",
        ),
        (
            {"max_weekly_loss_frac": 0.06, "max_monthly_loss_frac": 0.05},
            r"max_weekly_loss_frac \(0.06\) is above max_monthly_loss_frac \(0.05\)",
        ),
        (
            {"max_monthly_loss_frac": 0.21},
            r"max_monthly_loss_frac \(0.21\) is above max_drawdown_frac \(0.2\)",
        ),
        (
            {"max_daily_loss_frac": 0.10, "max_monthly_loss_frac": 0.05},
            r"max_daily_loss_frac \(0.1\) is above max_monthly_loss_frac \(0.05\)",
        ),
        (
            {"reduced_drawdown_frac": 0.3},
            r"reduced_drawdown_frac \(0.3\) is above max_drawdown_frac",
        ),
        (
            {"reduced_drawdown_frac": 0.2},
            r"error, reduced_drawdown_frac must be below max_drawdown_frac, which halts \[",
        ),
        (
            {"sizing": {"stake_frac": 0.11}},
            r"sizing.stake_frac \(0.11\) is more than one asset may hold "
            r"\(max_asset_exposure_frac 0.1\); lower the stake",
        ),
        (
            {"markets": ["spot"], "max_leverage": 2.0},
            "max_leverage is 2 and spot has none; write 1, or allow perpetual in markets",
        ),
        (
            {"ladder": LADDER},
            "the ladder ends at 2x, above max_leverage 1; shorten the ladder",
        ),
    ],
)
def test_contradiction_is_refused_with_the_remedy(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        _profile(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"max_planned_loss_frac": 0.06},
        {"max_heat_frac": 0.20},
        {"max_daily_loss_frac": 0.02, "max_weekly_loss_frac": 0.02, "max_monthly_loss_frac": 0.2},
        {"reduced_drawdown_frac": 0.19},
        {"sizing": {"stake_frac": 0.10}},
        {"max_leverage": 2.0, "ladder": LADDER},
        {"markets": ["spot"]},
        {"markets": ["perpetual"], "max_leverage": 5.0},
    ],
)
def test_limits_that_touch_do_not_contradict(changes: dict[str, Any]) -> None:
    assert _profile(**changes).name == "mine"


BOUNDS = [
    ("name", ["", "Upper", "-dash", "x" * 41, "a b"]),
    ("description", ["", "x" * 201]),
    ("markets", [[], ["moon"]]),
    ("max_planned_loss_frac", [0, 1, math.nan]),
    ("max_drawdown_frac", [0, 1, math.inf]),
    ("reduced_drawdown_frac", [0, 1]),
    ("reduced_size_frac", [0, 1]),
    ("max_daily_loss_frac", [0, 1]),
    ("max_positions", [0, 101, 1.5]),
    ("max_heat_frac", [0, 1]),
    ("max_asset_exposure_frac", [0, 126]),
    ("max_correlation", [-0.1, 1, math.nan]),
    ("correlation_candles", [47, 2_001]),
    ("min_reward_risk", [0, 101]),
    ("min_profit_to_costs", [0.99, 101]),
    ("max_entries_per_day", [0, 10_001]),
    ("min_seconds_between_entries", [0, 86_401]),
    ("max_volatility_ratio", [1, 101]),
    ("volatility_candles", [5, 501]),
    ("max_volume_frac", [0, 1.1]),
    ("min_day_volume_quote", [-1, math.nan]),
    ("max_spread_frac", [0, 0.11]),
    ("max_data_age_candles", [0.9, 10.1]),
    ("max_clock_skew_s", [0, 61]),
    ("max_leverage", [0.9, 126]),
    ("max_stop_distance_frac", [0, 1]),
    ("unknown_key", [1]),
]


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BOUNDS for value in values]
)
def test_value_out_of_range_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=rf"(?m)^{name}\b"):
        _profile(**{name: value})


@pytest.mark.parametrize(
    "changes",
    [
        {"max_correlation": 0.0, "correlation_candles": 48, "max_positions": 1},
        {"correlation_candles": 2_000, "max_positions": 100, "volatility_candles": 6},
        {"min_reward_risk": 100, "min_profit_to_costs": 100, "max_entries_per_day": 1},
        {"max_entries_per_day": 10_000, "min_seconds_between_entries": 86_400},
        {"max_volatility_ratio": 100, "volatility_candles": 500, "max_volume_frac": 1},
        {"min_day_volume_quote": 0, "max_spread_frac": 0.1, "max_data_age_candles": 1},
        {"max_data_age_candles": 10, "max_clock_skew_s": 60, "max_leverage": 125},
        {"max_asset_exposure_frac": 125, "name": "x" * 40, "description": "x" * 200},
    ],
)
def test_value_at_its_bound_is_accepted(changes: dict[str, Any]) -> None:
    assert _profile(**changes).model_dump()["max_planned_loss_frac"] == 0.02


def test_hash_covers_every_limit_and_nothing_else() -> None:
    profile = _profile()
    document = profile.model_dump(mode="json")
    del document["description"]
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))

    assert profile.hash == hashlib.sha256(canonical.encode()).hexdigest()
    assert document["markets"] == ["perpetual", "spot"]
    assert _profile(description="other words").hash == profile.hash
    assert _profile(markets=["perpetual", "spot"]).hash == profile.hash
    assert _profile(max_positions=2).hash != profile.hash
    assert _profile(sizing={"stake_frac": 0.04}).hash != profile.hash


def test_profile_survives_json() -> None:
    profile = _profile(markets=["spot"], max_correlation=0.8)

    assert RiskProfile.model_validate_json(profile.model_dump_json()) == profile
    assert profile.markets == frozenset({Market.SPOT})
