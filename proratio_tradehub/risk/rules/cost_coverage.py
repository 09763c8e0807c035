"""A profit that does not cover its own costs is not one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.base import ROUNDING_FRAC
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["CostCoverageRule"]


@dataclass(frozen=True, slots=True)
class CostCoverageRule:
    """Refuse an entry whose expected move is not above the costs of entering and leaving.

    Parameters
    ----------
    min_profit_to_costs
        Expected move over round-trip fees and slippage, both of the notional value.
    """

    name: ClassVar[str] = "costs"
    min_profit_to_costs: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse a move that is too small, or unknown."""
        reward = intent.reward_frac
        if reward is None:
            return Refusal(
                self.name, "the expected move is unknown; give the entry a target or a return"
            )
        needed = self.min_profit_to_costs * intent.round_trip_cost_frac
        if reward > needed * (1.0 + ROUNDING_FRAC):
            return None
        return Refusal(
            self.name,
            f"{reward:.3%} is expected; above {needed:.3%} would pay, which is "
            f"{self.min_profit_to_costs:g} times the costs",
            observed=reward,
            limit=needed,
        )
