"""The stake that adds a given volatility to the account."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.room import stake_within
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["VolatilityTargetRule"]

_YEAR_S: Final = 365 * 86_400
"""Crypto markets never close."""


@dataclass(frozen=True, slots=True)
class VolatilityTargetRule:
    """Cap the notional value at target / volatility x equity: wild pairs get less.

    The pair's volatility is the standard deviation (ddof 1) of its recent returns per candle, times
    the root of the candles in a year of 365 days.

    Parameters
    ----------
    target_frac
        Annual volatility the position may add, as a fraction of equity.
    """

    name: ClassVar[str] = "volatility target"
    target_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Cap the stake; refuse when the volatility is unknown."""
        per_candle = state.returns.volatility_frac(intent.pair)
        if per_candle is None:
            return Refusal(
                self.name,
                f"the volatility of {intent.pair} is unknown; returns without a gap are needed",
            )
        annual = per_candle * math.sqrt(_YEAR_S / intent.candle_s)
        return stake_within(
            intent,
            rule=self.name,
            used_quote=0.0,
            limit_quote=self.target_frac * state.equity_quote,
            per_stake_frac=intent.leverage * annual,
        )
