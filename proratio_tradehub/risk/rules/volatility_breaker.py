"""A circuit breaker for markets that have stopped being normal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["VolatilityBreakerRule"]


@dataclass(frozen=True, slots=True)
class VolatilityBreakerRule:
    """Refuse a pair whose last returns vary far more than those before them.

    Both are standard deviations (ddof 1) of returns per candle; the second is over the rest of the
    window, which has to be at least as long.

    Parameters
    ----------
    max_ratio
        Largest ratio that is allowed.
    candles
        How many of the last returns.
    """

    name: ClassVar[str] = "volatility"
    max_ratio: float
    candles: int

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Refuse a market in turmoil, or one whose volatility is unknown."""
        recent = state.returns.volatility_frac(intent.pair, self.candles)
        usual = state.returns.volatility_frac(intent.pair, before=self.candles)
        if recent is None or usual is None or state.returns.candles < 2 * self.candles:
            return Refusal(
                self.name,
                f"the volatility of {intent.pair} is unknown; {2 * self.candles} returns without "
                "a gap are needed",
            )
        if recent <= self.max_ratio * usual:
            return None
        ratio = recent / usual if usual > 0.0 else math.inf
        return Refusal(
            self.name,
            f"{intent.pair} varies {ratio:.1f} times as much as usual; at most "
            f"{self.max_ratio:.1f}",
            observed=ratio,
            limit=self.max_ratio,
        )
