"""No entry by a clock that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["ClockSkewRule"]


@dataclass(frozen=True, slots=True)
class ClockSkewRule:
    """Refuse while this machine's clock and the exchange's differ too much.

    Parameters
    ----------
    max_skew_s
        Largest difference, either way, in seconds.
    """

    name: ClassVar[str] = "clock"
    max_skew_s: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse a clock that is off."""
        skew_s = abs(state.clock_skew_s)
        if skew_s <= self.max_skew_s:
            return None
        return Refusal(
            self.name,
            f"the clock is off by {state.clock_skew_s:+.1f} s; at most {self.max_skew_s:g} s, "
            "synchronise it (NTP)",
            observed=skew_s,
            limit=self.max_skew_s,
        )
