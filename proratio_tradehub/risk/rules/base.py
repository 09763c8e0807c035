"""What a risk rule is: a name, and a pure check of one entry against the account."""

from __future__ import annotations

from typing import Protocol

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding

__all__ = ["ROUNDING_FRAC", "RiskRule"]

ROUNDING_FRAC = 1e-9
"""How far a float may miss a limit it was computed to meet; a ratio of 2 stays a ratio of 2."""


class RiskRule(Protocol):
    """One limit. It may veto an entry, cap or scale its stake, or have nothing against it."""

    @property
    def name(self) -> str:
        """What its refusals are counted under."""
        ...

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Return what this rule says of the entry; whatever it raises refuses the entry."""
        ...
