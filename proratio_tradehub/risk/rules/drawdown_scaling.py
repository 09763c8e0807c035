"""Smaller stakes before the halt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.base import ROUNDING_FRAC
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Scaling

__all__ = ["DrawdownScalingRule"]


@dataclass(frozen=True, slots=True)
class DrawdownScalingRule:
    """Multiply every stake by a factor from a certain drawdown on.

    Parameters
    ----------
    from_drawdown_frac
        The fall of equity below its peak, as a fraction; reaching it is enough.
    factor_frac
        What is left of a stake, 0 to 1.
    """

    name: ClassVar[str] = "reduced size"
    from_drawdown_frac: float
    factor_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Scale the stake during a drawdown."""
        drawdown = state.drawdown_frac
        if drawdown < self.from_drawdown_frac * (1.0 - ROUNDING_FRAC):
            return None
        return Scaling(
            self.name,
            self.factor_frac,
            f"equity is {drawdown:.2%} below its peak; from {self.from_drawdown_frac:.2%} on "
            f"stakes are {self.factor_frac:.0%}",
        )
