"""How far a wallet had fallen when entries were still made, and how far it could fall on. Pure.

A halt at a drawdown forbids entries, it does not sell: what was open then may still lose as much
as its stops allow, and a gap more than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_quantlab.wallet import drawdown_curve

__all__ = ["EntryDrawdown", "RiskedTrade", "entry_drawdown"]


class RiskedTrade(Protocol):
    """What is read of a trade."""

    @property
    def opened_at(self) -> datetime:
        """When it was entered, UTC."""
        ...

    @property
    def closed_at(self) -> datetime:
        """When it was left, UTC."""
        ...

    @property
    def amount(self) -> float:
        """Units of the base currency."""
        ...

    @property
    def open_rate(self) -> float:
        """Price at which it was entered, quote currency."""
        ...

    @property
    def risk_quote(self) -> float | None:
        """What its first stop would have lost, quote currency, before fees; None if unknown."""
        ...


@dataclass(frozen=True, slots=True)
class EntryDrawdown:
    """Where a wallet stood when it was still traded, measured as a drawdown limit measures it.

    That is by what would be left after closing every position, so that the costs of closing lower
    the highest value as much as the lowest.

    Parameters
    ----------
    deepest_frac
        The largest drawdown at which an entry was made, 0 to 1; None without trades.
    lowest_frac
        The largest drawdown at all, 0 to 1.
    passed_at
        The last moment before the wallet first was further down than the limit; None when it
        never was.
    open_stops_frac
        What the positions that were open then, or entered in the step that passed the limit,
        would lose between entry and first stop, as a fraction of the wallet's highest value by
        then; 0 when the limit was never passed.
    """

    deepest_frac: float | None
    lowest_frac: float
    passed_at: datetime | None
    open_stops_frac: float


def entry_drawdown(
    trades: Sequence[RiskedTrade],
    equity: pd.DataFrame,
    *,
    starting_balance: float,
    cost_frac: float,
    limit_frac: float,
) -> EntryDrawdown:
    """Return where entries were made against a drawdown limit.

    Parameters
    ----------
    trades
        Closed trades.
    equity
        Columns `date` (datetime64[ms, UTC], ascending) and `equity_quote`, open positions at the
        market's price and before any costs.
    starting_balance
        The wallet before the first row, quote currency, above zero.
    cost_frac
        Fee and slippage of one side, as a fraction of its value.
    limit_frac
        The drawdown at which entries are to end, 0 to 1.

    Raises
    ------
    DataError
        The equity does not keep its contract.
    """
    left, entering = _after_closing(trades, equity, cost_frac)
    depth = -drawdown_curve(left, starting_balance=starting_balance)
    times, wallet = open_times_ms(left), left["equity_quote"].to_numpy(np.float64)
    at_entry = depth - entering / np.maximum(np.maximum.accumulate(wallet), starting_balance)
    rows = [_row(times, trade.opened_at) for trade in trades]
    deepest = max(float(at_entry[rows].max()), 0.0) if rows else None
    lowest = max(float(depth.max()), 0.0)
    beyond = np.flatnonzero(depth > limit_frac)
    if not len(beyond):
        return EntryDrawdown(deepest, lowest, None, 0.0)
    first = int(beyond[0])
    before, until = (left["date"].iloc[row].to_pydatetime() for row in (max(first - 1, 0), first))
    peak = max(starting_balance, float(left["equity_quote"].iloc[:first].max()))
    stops = sum(
        trade.risk_quote or 0.0
        for trade in trades
        if trade.opened_at <= until and trade.closed_at >= before  # or closed inside that candle
    )
    return EntryDrawdown(deepest, lowest, before, stops / peak)


def _after_closing(
    trades: Sequence[RiskedTrade], equity: pd.DataFrame, cost_frac: float
) -> tuple[pd.DataFrame, npt.NDArray[np.float64]]:
    """Return the equity less what entering and leaving the open positions costs.

    Besides, by row, the costs of the positions that were entered in it: they were not there yet
    when the entry was decided. Leaving is charged on the value at entry; the difference is a few
    parts in 100,000.
    """
    times = open_times_ms(equity)
    change, entering = np.zeros(len(times) + 1), np.zeros(len(times))
    for trade in trades:
        opened, closed = _row(times, trade.opened_at), _row(times, trade.closed_at)
        cost = 2.0 * cost_frac * trade.amount * trade.open_rate
        change[opened] += cost
        change[closed] -= cost
        entering[opened] += cost if closed > opened else 0.0
    left = equity["equity_quote"] - np.cumsum(change[:-1])
    return equity.assign(equity_quote=left), entering


def _row(times_ms: npt.NDArray[np.int64], moment: datetime) -> int:
    """Return the last row at or before a moment; the first where there is none."""
    return max(int(np.searchsorted(times_ms, to_ms(moment), side="right")) - 1, 0)
