"""No entry while trading is halted or may only reduce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState, TradingState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["TradingStateRule"]


@dataclass(frozen=True, slots=True)
class TradingStateRule:
    """Refuse unless trading is running."""

    name: ClassVar[str] = "trading state"

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse while trading is halted or reduce-only."""
        if state.trading_state is TradingState.RUNNING:
            return None
        return Refusal(self.name, f"trading is {state.trading_state}; a person has to resume it")
