"""A consensus strategy on perpetuals whose rule reads the funding rate beside the candles."""

from __future__ import annotations

import weakref
from typing import Any, Final

import pandas as pd
from freqtrade.enums import CandleType

from proratio_core.candles.frame import empty_frame
from proratio_core.values import SeriesKind, Timeframe
from proratio_signals.derivatives import DerivativesHistory
from proratio_tradehub.strategies.consensus import ConsensusStrategy
from proratio_tradehub.strategies.interest_watch import InterestWatch
from proratio_tradehub.strategies.rules import with_funding

__all__ = ["PerpetualStrategy"]

_NO_INTEREST: Final = empty_frame(SeriesKind.FUNDING).rename(
    columns={"funding_rate": "open_interest"}
)


class PerpetualStrategy(ConsensusStrategy):
    """Adds `funding_rate` to the candles, as settled before each of them closed.

    In a backtest the rates come from Freqtrade's funding files, trading from the exchange. Funding
    that a position pays or earns is Freqtrade's business, and part of the profit of each trade.
    """

    _interest: InterestWatch | None = None

    def bot_start(self, **given: Any) -> None:
        """Start as every strategy; trading, begin to read the open interest a panel is shown."""
        super().bot_start(**given)
        if self._is_live and not self._is_ungated and self._gate().reads_derivatives:
            self._interest = InterestWatch(self._settings())
            weakref.finalize(self, self._interest.close)
            self._interest.refresh(self._keys())  # else a restart asks again, without it

    def bot_loop_start(self, **given: Any) -> None:
        """Go on as every strategy, and have open interest read again."""
        super().bot_loop_start(**given)
        if self._interest is not None:
            self._interest.refresh(self._keys())

    def informative_pairs(self) -> list[tuple[str, str, str]]:
        """Ask Freqtrade for the funding rates of every pair."""
        timeframe = self.dp.get_funding_rate_timeframe()
        return [(pair, timeframe, CandleType.FUNDING_RATE) for pair in self.dp.current_whitelist()]

    def populate_indicators(self, frame: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add the funding rate, then the rule's indicators."""
        rates = self._funding(metadata["pair"])
        return super().populate_indicators(
            with_funding(frame, rates, Timeframe(self.timeframe)), metadata
        )

    def _funding(self, pair: str) -> pd.DataFrame:
        found: pd.DataFrame = self.dp.get_pair_dataframe(
            pair,
            timeframe=self.dp.get_funding_rate_timeframe(),
            candle_type=CandleType.FUNDING_RATE,
        )
        return found

    def _derivatives(self, pair: str) -> DerivativesHistory | None:
        if not self._gate().reads_derivatives:
            return None
        interest = None if self._interest is None else self._interest.of(pair)
        rates = self._funding(pair)
        return DerivativesHistory(
            empty_frame(SeriesKind.FUNDING) if rates.empty else rates,
            _NO_INTEREST if interest is None else interest,
        )
