"""What kinds of limits there are, and in which direction each gets tighter.

The direction stands beside the field, so that a limit cannot be added without deciding it: a user's
file may move a limit that way only (see `tightening.py`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Direction", "LadderStep", "LeverageLadder", "LimitDocument", "LossFrac", "Sizing"]


class Direction(StrEnum):
    """Which way a user's file may move a limit."""

    LOWER = "lower"
    HIGHER = "higher"
    FEWER = "fewer"
    """A set may lose members; a permission may go from true to false."""
    FIXED = "fixed"


LossFrac = Annotated[float, Direction.LOWER, Field(gt=0, lt=1)]
"""A part of equity, between 0 and 1, of which less is tighter."""

_OptionalFrac = Annotated[float | None, Direction.LOWER, Field(gt=0, lt=1)]


class LimitDocument(BaseModel):
    """A frozen document that knows every key it may hold."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


class Sizing(LimitDocument):
    """How large an entry may be; the smallest of the ways that are set counts.

    Parameters
    ----------
    stake_frac
        Part of equity, times the confidence in the entry.
    risk_budget_frac
        Part of equity that may be lost at the stop; the stake follows from the stop's distance.
    kelly_frac
        Part of the Kelly stake that the scored history supports; see `sizing/kelly.py`.
    target_volatility_frac
        Annual volatility that one position should add to the account, of equity.
    """

    stake_frac: LossFrac
    risk_budget_frac: _OptionalFrac = None
    kelly_frac: _OptionalFrac = None
    target_volatility_frac: Annotated[float | None, Direction.LOWER, Field(gt=0, le=2)] = None


class LadderStep(LimitDocument):
    """A leverage, and the profit that unlocks it.

    Parameters
    ----------
    profit_frac
        Realised profit over starting capital from which it is allowed.
    leverage
        How much is allowed then.
    """

    profit_frac: Annotated[float, Field(gt=0, le=100)]
    leverage: Annotated[float, Field(gt=1, le=125)]


class LeverageLadder(LimitDocument):
    """Leverage that profits have to earn.

    Parameters
    ----------
    steps
        From the lowest to the highest.
    profit_staked_frac
        Part of realised profit that may be own money in leveraged positions.
    profit_at_risk_frac
        Part of realised profit that leveraged positions may lose at their stops.
    """

    steps: Annotated[tuple[LadderStep, ...], Direction.FIXED, Field(min_length=1)]
    profit_staked_frac: Annotated[float, Direction.LOWER, Field(gt=0, le=1)]
    profit_at_risk_frac: Annotated[float, Direction.LOWER, Field(gt=0, le=1)]

    @model_validator(mode="after")
    def _check_steps(self) -> Self:
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            if not (before.profit_frac < after.profit_frac and before.leverage < after.leverage):
                raise ValueError("each step must need more profit and allow more leverage")
        return self
