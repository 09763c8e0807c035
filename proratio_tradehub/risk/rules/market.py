"""Only the markets a profile names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_core.values import Market
from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["MarketRule"]


@dataclass(frozen=True, slots=True)
class MarketRule:
    """Refuse pairs of other markets.

    Parameters
    ----------
    markets
        Where trading is allowed.
    """

    name: ClassVar[str] = "market"
    markets: frozenset[Market]

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse a pair that trades elsewhere."""
        if intent.pair.market in self.markets:
            return None
        allowed = ", ".join(sorted(self.markets))
        return Refusal(
            self.name, f"{intent.pair} is a {intent.pair.market} pair; allowed: {allowed}"
        )
