"""Time between two entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["EntrySpacingRule"]


@dataclass(frozen=True, slots=True)
class EntrySpacingRule:
    """Refuse an entry too soon after the one before, in whatever pair that was.

    Parameters
    ----------
    min_seconds
        Seconds from one entry to the next; waiting exactly that long is enough.
    """

    name: ClassVar[str] = "entry spacing"
    min_seconds: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse an entry that comes too soon."""
        if state.last_entry_at is None:
            return None
        waited_s = (state.now - state.last_entry_at).total_seconds()
        if waited_s >= self.min_seconds:
            return None
        return Refusal(
            self.name,
            f"the last entry was {waited_s:g} s ago; {self.min_seconds:g} s have to pass",
            observed=waited_s,
            limit=self.min_seconds,
        )
