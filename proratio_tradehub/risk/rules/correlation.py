"""Nothing that moves like what is already held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.positions import Position
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["CorrelationRule"]


@dataclass(frozen=True, slots=True)
class CorrelationRule:
    """Refuse a pair whose recent returns correlate with those of a position in another asset.

    The correlation is taken between the *positions*: a short of what moves along counts as its
    opposite. An unknown correlation refuses, for it may be one. The same asset is left to the limit
    on exposure.

    Parameters
    ----------
    max_correlation
        Largest correlation that is allowed, 0 to 1.
    min_candles
        How many returns it has to rest on.
    """

    name: ClassVar[str] = "correlation"
    max_correlation: float
    min_candles: int

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Refuse at the first position that moves too much alike."""
        asset = intent.asset
        for position in state.positions:
            if position.asset != asset:
                finding = self._against(position, state, intent)
                if finding is not None:
                    return finding
        return None

    def _against(self, held: Position, state: PortfolioState, intent: EntryIntent) -> Finding:
        known = state.returns.candles >= self.min_candles
        moves_alike = state.returns.correlation(intent.pair, held.pair) if known else None
        if moves_alike is None:
            return Refusal(
                self.name,
                f"the correlation of {intent.pair} with {held.pair} is unknown; "
                f"{self.min_candles} returns without a gap are needed",
            )
        correlation = moves_alike * held.side.sign * intent.side.sign
        if correlation <= self.max_correlation:
            return None
        return Refusal(
            self.name,
            f"{intent.pair} moves with {held.pair}, which is held: correlation "
            f"{correlation:.2f}; at most {self.max_correlation:.2f}",
            observed=correlation,
            limit=self.max_correlation,
        )
