"""A vote among the survivors of an outage is not a consensus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["DegradedConsensusRule"]


@dataclass(frozen=True, slots=True)
class DegradedConsensusRule:
    """Refuse an entry whose consensus lacks a voter."""

    name: ClassVar[str] = "degraded consensus"

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse a degraded consensus."""
        if not intent.is_degraded:
            return None
        return Refusal(self.name, f"a voter on {intent.pair} did not answer; all have to")
