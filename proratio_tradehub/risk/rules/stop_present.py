"""A stop always: on the right side, near enough, reached before the exchange liquidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from proratio_core.values import Market
from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.rules.base import ROUNDING_FRAC
from proratio_tradehub.risk.state import PortfolioState
from proratio_tradehub.risk.verdict import Finding, Refusal

__all__ = ["MARGIN_LOST_FRAC", "StopPresentRule"]

MARGIN_LOST_FRAC = 0.8
"""Part of the margin that may be gone at the stop. The exchange liquidates once what is left is the
maintenance margin, 0.4% to 1% of the notional value for large pairs: at 20x, a fifth of the own
money."""


@dataclass(frozen=True, slots=True)
class StopPresentRule:
    """Refuse an entry without a usable stop, and any entry while something held has none.

    Parameters
    ----------
    max_distance_frac
        How far the stop may be from the price, as a fraction of it.
    """

    name: ClassVar[str] = "stop"
    max_distance_frac: float

    def check(self, state: PortfolioState, intent: EntryIntent) -> Finding:
        """Refuse a stop that is missing, misplaced, too far or behind the liquidation price."""
        distance, loss = intent.stop_distance_frac, intent.planned_loss_frac
        if distance is None or loss is None:
            return Refusal(self.name, f"{intent.pair} has no stop; give every entry one")
        if distance <= 0.0:
            return Refusal(
                self.name,
                f"the stop {intent.stop_price:g} of a {intent.side} lies on the wrong side of "
                f"{intent.price:g}",
                observed=distance,
            )
        if distance > self.max_distance_frac * (1.0 + ROUNDING_FRAC):
            return Refusal(
                self.name,
                f"the stop is {distance:.2%} away; at most {self.max_distance_frac:.2%}",
                observed=distance,
                limit=self.max_distance_frac,
            )
        if intent.pair.market is Market.PERPETUAL and loss > MARGIN_LOST_FRAC:
            return Refusal(
                self.name,
                f"{loss:.0%} of the margin is gone at the stop, which the exchange may not wait "
                f"for; at most {MARGIN_LOST_FRAC:.0%}: lower the leverage or the distance",
                observed=loss,
                limit=MARGIN_LOST_FRAC,
            )
        return self._check_held(state)

    def _check_held(self, state: PortfolioState) -> Finding:
        for position in state.positions:
            if position.stop_price is None:
                return Refusal(
                    self.name,
                    f"{position.pair} is held without a stop; set one before entering more",
                )
        return None
