"""A consensus strategy that buys in steps, all of them inside the stake of one entry."""

from __future__ import annotations

from typing import Any

from proratio_tradehub.strategies.consensus import ConsensusStrategy
from proratio_tradehub.strategies.rules import GridRule

__all__ = ["GridStrategy"]


class GridStrategy(ConsensusStrategy):
    """Splits what one entry may stake into equal steps, and buys the next one a step below.

    However far the price falls, no more is staked than a single entry would have been allowed, so
    every limit that was checked at the first step holds for the last. The stop counts from the
    average price of the steps and is there from the first.
    """

    rule: GridRule
    position_adjustment_enable = True

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.max_entry_position_adjustment = self.rule.steps - 1

    def custom_stake_amount(self, *, min_stake: float | None, **asked: Any) -> float:
        """Return the stake of the first step; 0 where even that is too small for the exchange."""
        whole: float = super().custom_stake_amount(min_stake=min_stake, **asked)
        step = whole / self.rule.steps
        return 0.0 if step < (min_stake or 0.0) else step

    def adjust_trade_position(
        self,
        *,
        trade: Any,
        current_rate: float,
        min_stake: float | None,
        max_stake: float,
        **_: Any,
    ) -> float | None:
        """Return the stake of the next step when it is due; never more than the first was."""
        bought = trade.select_filled_orders(trade.entry_side)
        if trade.has_open_orders or not bought:
            return None
        first = bought[0]
        due = self.rule.is_next_step(
            filled=len(bought), first_rate=first.safe_price, rate=current_rate
        )
        stake = float(first.stake_amount_filled)
        if not due or not (min_stake or 0.0) <= stake <= max_stake:
            return None
        return stake
