"""Only as large as the market can bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["LiquidityRule"]


@dataclass(frozen=True, slots=True)
class LiquidityRule:
    """Refuse thin markets, and cap the entry at a part of what is traded in a day.

    Parameters
    ----------
    min_day_volume_quote
        Least volume of 24 hours, in quote currency.
    max_volume_frac
        Largest notional value, as a fraction of that volume.
    """

    name: ClassVar[str] = "liquidity"
    min_day_volume_quote: float
    max_volume_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:  # noqa: ARG002
        """Refuse a thin market, or cap the stake."""
        volume = intent.day_volume_quote
        if volume < self.min_day_volume_quote:
            return Refusal(
                self.name,
                f"{volume:,.0f} traded in {intent.pair} in a day; at least "
                f"{self.min_day_volume_quote:,.0f}",
                observed=volume,
                limit=self.min_day_volume_quote,
            )
        return stake_within(
            intent,
            rule=self.name,
            used_quote=0.0,
            limit_quote=self.max_volume_frac * volume,
            per_stake_frac=intent.leverage,
        )
