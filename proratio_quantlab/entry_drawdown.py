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
    def risk_quote(self) -> float | None:
        """What its first stop would have lost, quote currency, before fees; None if unknown."""
        ...


@dataclass(frozen=True, slots=True)
class EntryDrawdown:
    """Where a wallet stood when it was still traded.

    Parameters
    ----------
    deepest_frac
        The largest drawdown of equity at which an entry was made, 0 to 1; None without trades.
    passed_at
        The last moment before the wallet first was further down than the limit; None when it
        never was.
    open_stops_frac
        What the positions open at that moment would lose at their first stops, as a fraction of
        the wallet's highest value by then; 0 when the limit was never passed.
    """

    deepest_frac: float | None
    passed_at: datetime | None
    open_stops_frac: float


def entry_drawdown(
    trades: Sequence[RiskedTrade],
    equity: pd.DataFrame,
    *,
    starting_balance: float,
    limit_frac: float,
) -> EntryDrawdown:
    """Return where entries were made against a drawdown limit.

    Parameters
    ----------
    trades
        Closed trades.
    equity
        Columns `date` (datetime64[ms, UTC], ascending) and `equity_quote`.
    starting_balance
        The wallet before the first row, quote currency, above zero.
    limit_frac
        The drawdown at which entries are to end, 0 to 1.

    Raises
    ------
    DataError
        The equity does not keep its contract.
    """
    depth = -drawdown_curve(equity, starting_balance=starting_balance)
    times = open_times_ms(equity)
    deepest = max((float(depth[_row(times, trade.opened_at)]) for trade in trades), default=None)
    beyond = np.flatnonzero(depth > limit_frac)
    if not len(beyond):
        return EntryDrawdown(deepest, None, 0.0)
    before = max(int(beyond[0]) - 1, 0)
    passed_at = equity["date"].iloc[before].to_pydatetime()
    peak = max(starting_balance, float(equity["equity_quote"].iloc[: before + 1].max()))
    stops = sum(
        trade.risk_quote or 0.0
        for trade in trades
        if trade.opened_at <= passed_at < trade.closed_at
    )
    return EntryDrawdown(deepest, passed_at, stops / peak)


def _row(times_ms: npt.NDArray[np.int64], moment: datetime) -> int:
    """Return the last row at or before a moment; the first where there is none."""
    return max(int(np.searchsorted(times_ms, to_ms(moment), side="right")) - 1, 0)
