"""At most so many pairs at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["PositionCountRule"]


@dataclass(frozen=True, slots=True)
class PositionCountRule:
    """Refuse a new pair when enough are held; adding to one that is held is no new pair.

    Parameters
    ----------
    max_positions
        Pairs held at once.
    """

    name: ClassVar[str] = "positions"
    max_positions: int

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Refuse one pair too many."""
        if len(state.positions) < self.max_positions:
            return None
        held = {position.pair for position in state.positions}
        if intent.pair in held or len(held) < self.max_positions:
            return None
        return Refusal(
            self.name,
            f"{len(held)} pairs are held; at most {self.max_positions}",
            observed=float(len(held)),
            limit=float(self.max_positions),
        )
