"""At the largest drawdown a profile allows, trading halts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.base import ROUNDING_FRAC
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["DrawdownRule"]


@dataclass(frozen=True, slots=True)
class DrawdownRule:
    """Refuse, and ask for a halt, at a fall of equity below its peak.

    Equity counts open positions at their last price, so a loss not yet taken halts as well.

    Parameters
    ----------
    max_drawdown_frac
        The fall, as a fraction of the peak; reaching it is enough.
    """

    name: ClassVar[str] = "drawdown"
    max_drawdown_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse at the limit."""
        drawdown = state.drawdown_frac
        if drawdown < self.max_drawdown_frac * (1.0 - ROUNDING_FRAC):
            return None
        return Refusal(
            self.name,
            f"equity is {drawdown:.2%} below its peak; trading halts at "
            f"{self.max_drawdown_frac:.2%}",
            observed=drawdown,
            limit=self.max_drawdown_frac,
            asks_halt=True,
        )
