"""The stake that loses a given part of equity at its stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding

__all__ = ["RiskBudgetRule"]


@dataclass(frozen=True, slots=True)
class RiskBudgetRule:
    """Cap the stake at budget x equity / loss at the stop, costs included: near stops stake more.

    Parameters
    ----------
    budget_frac
        What the entry may lose, as a fraction of equity.
    """

    name: ClassVar[str] = "risk budget"
    budget_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Cap the stake."""
        return stake_within(
            intent,
            rule=self.name,
            used_quote=0.0,
            limit_quote=self.budget_frac * state.equity_quote,
            per_stake_frac=intent.planned_loss_frac,
        )
