"""What everything held may lose at its stops together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding

__all__ = ["PortfolioHeatRule"]


@dataclass(frozen=True, slots=True)
class PortfolioHeatRule:
    """Cap the stake so that all planned losses together stay a part of equity.

    Heat is what equity would lose from the last prices if every stop were filled at its price:
    a stop moved into profit lowers it, an open profit that the stop would give back raises it.

    Parameters
    ----------
    max_heat_frac
        The sum, as a fraction of equity.
    """

    name: ClassVar[str] = "heat"
    max_heat_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Cap the stake, or refuse when nothing is left."""
        return stake_within(
            intent,
            rule=self.name,
            used_quote=state.heat_quote,
            limit_quote=self.max_heat_frac * state.equity_quote,
            per_stake_frac=intent.planned_loss_frac,
        )
