"""No entry across a wide spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["SpreadRule"]


@dataclass(frozen=True, slots=True)
class SpreadRule:
    """Refuse a pair whose bid and ask are too far apart.

    Parameters
    ----------
    max_spread_frac
        Ask less bid, as a fraction of the mid price.
    """

    name: ClassVar[str] = "spread"
    max_spread_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse a wide spread."""
        if intent.spread_frac <= self.max_spread_frac:
            return None
        return Refusal(
            self.name,
            f"the spread of {intent.pair} is {intent.spread_frac:.3%}; at most "
            f"{self.max_spread_frac:.3%}",
            observed=intent.spread_frac,
            limit=self.max_spread_frac,
        )
