"""What trades were planned to lose at worst, and what they lost. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms

__all__ = ["WorstLosses", "worst_losses"]


@dataclass(frozen=True, slots=True)
class WorstLosses:
    """The largest loss of any one trade, as a fraction of equity when it was entered.

    Parameters
    ----------
    planned_frac
        At its first stop, fees and slippage of both sides included; None where no stop is known.
    realised_frac
        As it happened; 0 when no trade lost, None without trades. A gap can pass the plan.
    """

    planned_frac: float | None
    realised_frac: float | None


def worst_losses(
    trades: Sequence[Any], equity: pd.DataFrame, *, cost_frac: float, starting_balance: float
) -> WorstLosses:
    """Return the largest planned and the largest realised loss of a trade.

    Parameters
    ----------
    trades
        Closed trades (`results.Trade`).
    equity
        As in a result: `date` and `equity_quote`.
    cost_frac
        Fee and slippage of one side, as a fraction of its value.
    starting_balance
        Equity before the first row, quote currency.
    """
    if not trades:
        return WorstLosses(None, None)
    before = _equity_at_entry(trades, equity, starting_balance=starting_balance)
    profits = np.array([trade.profit_quote for trade in trades], np.float64)
    realised = float(max((-profits / before).max(), 0.0))
    plans = [_planned_quote(trade, cost_frac) for trade in trades]
    planned = [plan / held for plan, held in zip(plans, before, strict=True) if plan is not None]
    return WorstLosses(max(planned, default=None), realised)


def _planned_quote(trade: Any, cost_frac: float) -> float | None:
    """Return what a trade would have lost at its first stop, costs included."""
    if trade.risk_quote is None:
        return None
    entered = trade.amount * trade.open_rate
    return float(trade.risk_quote + cost_frac * (2.0 * entered - trade.risk_quote))


def _equity_at_entry(
    trades: Sequence[Any], equity: pd.DataFrame, *, starting_balance: float
) -> npt.NDArray[np.float64]:
    opened_ms = np.array([to_ms(trade.opened_at) for trade in trades], np.int64)
    rows = np.searchsorted(open_times_ms(equity), opened_ms, side="right") - 1
    wallet = equity["equity_quote"].to_numpy(np.float64)
    known: npt.NDArray[np.float64] = np.where(rows < 0, starting_balance, wallet[rows])
    return known
