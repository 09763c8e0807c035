"""Freqtrade's engine with slippage that depends on the order instead of one figure for all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.persistence import LocalTrade, Order

from proratio_core.clock import from_ms, to_ms
from proratio_core.errors import DataError

__all__ = ["ImpactBacktesting", "ImpactTable"]


class ImpactTable:
    """The slippage of an order of any size in each candle of each pair.

    Parameters
    ----------
    scales
        By pair: open times in ms, ascending, shape (n,), and what was known of the market after
        each number of those candles, shape (n + 1,), as `slippage.impact_scale` returns it.
    impact
        Y of the square-root law.
    """

    def __init__(
        self,
        scales: Mapping[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]],
        *,
        impact: float,
    ) -> None:
        self._scales = scales
        self._impact = impact

    def frac(self, pair: str, opened_at: datetime, amount: float) -> float:
        """Return the slippage of an order, as a fraction of its price.

        Parameters
        ----------
        pair
            In ccxt's notation.
        opened_at
            Open time of the candle it fills in.
        amount
            Its size in the base currency.

        Raises
        ------
        DataError
            Too little is known of what came before that candle.
        """
        times, scale = self._scales[pair]
        moment = to_ms(opened_at)
        known = float(scale[np.searchsorted(times, moment)])  # of the candles opened before it
        if not np.isfinite(known):
            raise DataError(
                f"{pair} at {from_ms(moment):%Y-%m-%d %H:%M}: slippage needs the volume and the "
                "volatility of at least 24 candles before; start the range later, or store "
                "earlier candles"
            )
        return float(self._impact * known * np.sqrt(amount))


class ImpactBacktesting(Backtesting):  # type: ignore[misc]  # Freqtrade is not typed for us
    """Charges each fill what the table says, on top of the configured fee.

    Freqtrade keeps a fee for the entry and one for the exit with every trade, and its profits,
    wallet and stake follow them; so this is charged like a fee, at the moment of the fill. Two
    approximations: fill prices stay those of the candle, so whether an order fills does not
    depend on it; and until the exit fills, an open position expects to pay what its entry paid.
    Exits in several parts all pay what the last one does.
    """

    impacts: ImpactTable

    def _try_close_open_order(
        self, order: Order | None, trade: LocalTrade, current_date: datetime, row: tuple[Any, ...]
    ) -> bool:
        if order and self._get_order_filled(order.ft_price, row):
            amount = float(order.safe_amount)
            fee = self.fee + self.impacts.frac(trade.pair, row[0], amount)
            if order.ft_order_side == trade.entry_side:
                held = float(trade.amount)
                trade.fee_open = (trade.fee_open * held + fee * amount) / (held + amount)
                trade.fee_close = trade.fee_open
            else:
                trade.fee_close = fee
        return bool(super()._try_close_open_order(order, trade, current_date, row))
