from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from proratio_tradehub.risk.limits import Direction, LadderStep, LeverageLadder, Sizing


def _ladder(*steps: tuple[float, float], **changes: Any) -> LeverageLadder:
    usual = {
        "steps": tuple(LadderStep(profit_frac=p, leverage=x) for p, x in steps),
        "profit_staked_frac": 0.5,
        "profit_at_risk_frac": 0.3,
    }
    return LeverageLadder(**{**usual, **changes})


def test_directions_are_what_users_read() -> None:
    assert list(Direction) == ["lower", "higher", "fewer", "fixed"]


def test_rising_ladder_is_one() -> None:
    assert [step.leverage for step in _ladder((0.2, 2.0), (0.4, 3.0)).steps] == [2.0, 3.0]
    assert _ladder((0.2, 2.0)).steps[0].profit_frac == 0.2


@pytest.mark.parametrize(
    "steps",
    [
        ((0.2, 2.0), (0.2, 3.0)),
        ((0.2, 2.0), (0.4, 2.0)),
        ((0.2, 2.0), (0.1, 3.0)),
        ((0.2, 2.0), (0.4, 3.0), (0.6, 2.5)),
    ],
)
def test_ladder_that_does_not_rise_is_refused(steps: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValidationError, match="each step must need more profit and allow more"):
        _ladder(*steps)


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": ()},
        {"profit_staked_frac": 0.0},
        {"profit_staked_frac": 1.1},
        {"profit_at_risk_frac": 0.0},
        {"profit_at_risk_frac": 1.1},
        {"profit_at_risk_frac": math.nan},
        {"more": 1},
    ],
)
def test_ladder_with_a_value_out_of_range_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(changes))):
        _ladder((0.2, 2.0), **changes)


@pytest.mark.parametrize(("profit", "leverage"), [(0.0, 2.0), (101.0, 2.0), (0.5, 1.0), (0.5, 126)])
def test_step_out_of_range_is_refused(profit: float, leverage: float) -> None:
    with pytest.raises(ValidationError):
        LadderStep(profit_frac=profit, leverage=leverage)


@pytest.mark.parametrize(
    "name", ["stake_frac", "risk_budget_frac", "kelly_frac", "target_volatility_frac"]
)
@pytest.mark.parametrize("value", [0.0, -0.1, 2.1, math.nan, math.inf])
def test_size_out_of_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValidationError, match=name):
        Sizing(**{"stake_frac": 0.05, name: value})


def test_sizes_that_are_not_set_are_none_and_documents_are_frozen() -> None:
    sizing = Sizing(stake_frac=0.05)

    assert (sizing.risk_budget_frac, sizing.kelly_frac, sizing.target_volatility_frac) == (
        None,
        None,
        None,
    )
    with pytest.raises(ValidationError, match="frozen"):
        sizing.stake_frac = 0.5  # type: ignore[misc]
