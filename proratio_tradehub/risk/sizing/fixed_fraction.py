"""A fixed part of equity, times the confidence in the entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding

__all__ = ["FixedFractionRule"]


@dataclass(frozen=True, slots=True)
class FixedFractionRule:
    """Cap the stake at a part of equity times the confidence; no confidence refuses.

    Parameters
    ----------
    stake_frac
        The part, as a fraction of equity.
    """

    name: ClassVar[str] = "fixed fraction"
    stake_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Cap the stake."""
        return stake_within(
            intent,
            rule=self.name,
            used_quote=0.0,
            limit_quote=self.stake_frac * intent.confidence * state.equity_quote,
            per_stake_frac=1.0,
        )
