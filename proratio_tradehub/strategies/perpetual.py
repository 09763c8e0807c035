"""A consensus strategy on perpetuals whose rule reads the funding rate beside the candles."""

from __future__ import annotations

from typing import Any

import pandas as pd
from freqtrade.enums import CandleType

from proratio_core.values import Timeframe
from proratio_tradehub.strategies.consensus import ConsensusStrategy
from proratio_tradehub.strategies.rules import with_funding

__all__ = ["PerpetualStrategy"]


class PerpetualStrategy(ConsensusStrategy):
    """Adds `funding_rate` to the candles, as settled before each of them closed.

    In a backtest the rates come from Freqtrade's funding files, trading from the exchange. Funding
    that a position pays or earns is Freqtrade's business, and part of the profit of each trade.
    """

    def informative_pairs(self) -> list[tuple[str, str, str]]:
        """Ask Freqtrade for the funding rates of every pair."""
        timeframe = self.dp.get_funding_rate_timeframe()
        return [(pair, timeframe, CandleType.FUNDING_RATE) for pair in self.dp.current_whitelist()]

    def populate_indicators(self, frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add the funding rate, then the rule's indicators."""
        rates = self.dp.get_pair_dataframe(
            metadata["pair"],
            timeframe=self.dp.get_funding_rate_timeframe(),
            candle_type=CandleType.FUNDING_RATE,
        )
        return super().populate_indicators(
            with_funding(frame, rates, Timeframe(self.timeframe)), metadata
        )
