"""At most so many entries a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["EntriesPerDayRule"]


@dataclass(frozen=True, slots=True)
class EntriesPerDayRule:
    """Refuse when enough entries were made since the UTC day began.

    Parameters
    ----------
    max_entries
        Entries a UTC day.
    """

    name: ClassVar[str] = "entries per day"
    max_entries: int

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse one entry too many."""
        if state.entries_today < self.max_entries:
            return None
        return Refusal(
            self.name,
            f"{state.entries_today} entries today; at most {self.max_entries}",
            observed=float(state.entries_today),
            limit=float(self.max_entries),
        )
