"""What one pair may lose at its stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding

__all__ = ["PlannedLossRule"]


@dataclass(frozen=True, slots=True)
class PlannedLossRule:
    """Cap the stake so that its loss at the stop, costs included, stays a part of equity.

    What is held in the same pair counts, so adding to a position never adds to the limit.

    Parameters
    ----------
    max_loss_frac
        The loss, as a fraction of equity.
    """

    name: ClassVar[str] = "planned loss"
    max_loss_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Cap the stake, or refuse when the pair already risks everything it may."""
        held = sum([p.planned_loss_quote for p in state.positions if p.pair == intent.pair])
        return stake_within(
            intent,
            rule=self.name,
            used_quote=held,
            limit_quote=self.max_loss_frac * state.equity_quote,
            per_stake_frac=intent.planned_loss_frac,
        )
