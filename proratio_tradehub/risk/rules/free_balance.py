"""No stake larger than the money that is free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding

__all__ = ["FreeBalanceRule"]


@dataclass(frozen=True, slots=True)
class FreeBalanceRule:
    """Cap the stake at the free balance, its entry fee included."""

    name: ClassVar[str] = "free balance"

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Cap the stake, or refuse when nothing is free."""
        return stake_within(
            intent,
            rule=self.name,
            used_quote=0.0,
            limit_quote=state.free_quote,
            per_stake_frac=1.0 + intent.fee_frac * intent.leverage,
        )
