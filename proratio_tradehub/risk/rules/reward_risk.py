"""Worth the risk, if it goes as hoped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.base import ROUNDING_FRAC
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["RewardRiskRule"]


@dataclass(frozen=True, slots=True)
class RewardRiskRule:
    """Refuse an entry whose target is not far enough compared with its stop.

    Both distances are of prices, as the ratio is usually quoted; costs have a rule of their own.

    Parameters
    ----------
    min_ratio
        Distance to the target over distance to the stop; reaching it is enough.
    """

    name: ClassVar[str] = "reward/risk"
    min_ratio: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse a ratio that is too low, or unknown."""
        reward, distance = intent.reward_frac, intent.stop_distance_frac
        if reward is None or distance is None or distance <= 0.0:
            return Refusal(
                self.name, "the ratio is unknown; give the entry a stop and a target or a return"
            )
        ratio = reward / distance
        if ratio >= self.min_ratio * (1.0 - ROUNDING_FRAC):
            return None
        return Refusal(
            self.name,
            f"{reward:.2%} hoped for against {distance:.2%} at risk is {ratio:.2f}; "
            f"at least {self.min_ratio:.2f}",
            observed=ratio,
            limit=self.min_ratio,
        )
