"""No decision on candles that are old, or from the future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["StaleDataRule"]


@dataclass(frozen=True, slots=True)
class StaleDataRule:
    """Refuse when the last candle closed too long ago, or has not closed yet.

    Parameters
    ----------
    max_age_candles
        Age of the last closed candle, in candles; a fresh one is at most one candle old.
    """

    name: ClassVar[str] = "stale data"
    max_age_candles: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse an old candle, or an unfinished one."""
        age = intent.data_age_s / intent.candle_s
        if age < 0.0:
            return Refusal(
                self.name,
                f"the last candle of {intent.pair} has not closed yet; only closed candles count",
                observed=age,
                limit=0.0,
            )
        if age <= self.max_age_candles:
            return None
        return Refusal(
            self.name,
            f"the last candle of {intent.pair} closed {age:.1f} candles ago; at most "
            f"{self.max_age_candles:g}",
            observed=age,
            limit=self.max_age_candles,
        )
