"""Limits as numbers of a form, and back."""

from __future__ import annotations

import tomllib

import pytest

from proratio_tradehub.dashboard.system.limits import (
    Change,
    changes_of,
    limits_of,
    nested,
    toml_of,
)
from proratio_tradehub.risk import load_risk_profile, risk_profile_names

PROFILE = load_risk_profile("proratio")
LIMITS = {limit.name: limit for limit in limits_of(PROFILE)}


def test_every_number_that_may_be_tightened_is_there() -> None:
    assert LIMITS["max_heat_frac"].label == "max heat (%)"
    assert LIMITS["max_heat_frac"].shown == 6.0
    assert LIMITS["sizing.stake_frac"].shown == 5.0
    assert LIMITS["max_daily_loss_frac"].shown is None
    assert LIMITS["max_clock_skew_s"].label == "max clock skew (s)"
    assert (LIMITS["max_positions"].is_lower, LIMITS["min_reward_risk"].is_lower) == (True, False)
    assert not {"name", "markets", "ladder", "volatility_candles", "allow_degraded"} & set(LIMITS)


@pytest.mark.parametrize("name", risk_profile_names())
def test_form_that_nobody_touched_changes_nothing(name: str) -> None:
    profile = load_risk_profile(name)
    shown = {limit.name: limit.shown for limit in limits_of(profile)}
    assert changes_of(profile, shown) == ()


def test_change_is_stored_in_the_unit_of_the_file() -> None:
    changes = changes_of(PROFILE, {"max_heat_frac": 4.5, "max_positions": 2.0})
    assert changes == (Change("max_positions", 3, 2), Change("max_heat_frac", 0.06, 0.045))
    assert str(changes[0]) == "max_positions: 3 → 2"
    (new,) = changes_of(PROFILE, {"max_daily_loss_frac": 3.0})
    assert str(new) == "max_daily_loss_frac: no limit → 0.03"


def test_file_is_toml_that_says_the_same() -> None:
    ladder = {"steps": [{"profit_frac": 0.1, "leverage": 2.0}], "profit_staked_frac": 0.5}
    changes = nested({"max_positions": 2, "sizing.stake_frac": 0.01})
    document = {**changes, "allow_degraded": False, "markets": ["spot"], "ladder": ladder}
    assert tomllib.loads(toml_of("proratio", document)) == {"base": "proratio", **document}
