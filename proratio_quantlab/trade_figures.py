"""What a list of closed trades is worth, one figure a function. Pure.

A figure the trades do not define (a ratio without a loss, a mean of nothing) is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from proratio_core.clock import to_ms

__all__ = ["ClosedTrade", "expectancy", "exposure", "profit_factor", "r_multiples", "win_rate"]

_SMALLEST_LOSS_FRAC: Final = 1e-12
"""Losses below this part of the gains are rounding, not losses."""

_Floats = npt.NDArray[np.float64]


class ClosedTrade(Protocol):
    """What the figures need to know of a trade."""

    @property
    def opened_at(self) -> datetime:
        """When the position was entered, UTC."""
        ...

    @property
    def closed_at(self) -> datetime:
        """When the position was left, UTC."""
        ...

    @property
    def profit_quote(self) -> float:
        """Profit after fees, in the quote currency."""
        ...

    @property
    def fees_quote(self) -> float:
        """Fees of both sides, in the quote currency."""
        ...

    @property
    def risk_quote(self) -> float | None:
        """What the first stop would have lost, in the quote currency; None where unknown."""
        ...


def win_rate(profits: _Floats) -> float | None:
    """Return the share of trades whose profit after fees is above zero, 0 to 1."""
    return float((profits > 0).mean()) if len(profits) else None


def profit_factor(profits: _Floats) -> float | None:
    """Return what the winners won over what the losers lost."""
    won, lost = float(profits[profits > 0].sum()), -float(profits[profits < 0].sum())
    if lost <= won * _SMALLEST_LOSS_FRAC:
        return None
    return won / lost


def expectancy(profits: _Floats) -> float | None:
    """Return the mean profit of a trade, in the unit of `profits`."""
    return float(profits.mean()) if len(profits) else None


def r_multiples(trades: Sequence[ClosedTrade]) -> _Floats:
    """Return each trade's profit over what its first stop would have lost, shape (n,).

    Trades whose risk is unknown or not above zero are left out: -1 is the planned loss, and
    without a plan there is none.

    Source: Tharp, "Trade your way to financial freedom", 1999, chapter 7.
    """
    risks = np.array([trade.risk_quote or 0.0 for trade in trades], np.float64)
    profits = np.array([trade.profit_quote for trade in trades], np.float64)
    planned = risks > 0
    multiples: _Floats = profits[planned] / risks[planned]
    return multiples


def exposure(trades: Sequence[ClosedTrade], *, start_ms: int, end_ms: int) -> float | None:
    """Return the share of the time from start to end with at least one position open, 0 to 1.

    None when there is no time in between.
    """
    if end_ms == start_ms:
        return None
    covered, reached = 0, start_ms
    for trade in sorted(trades, key=lambda trade: trade.opened_at):
        opened, closed = max(to_ms(trade.opened_at), reached), min(to_ms(trade.closed_at), end_ms)
        if closed > opened:
            covered += closed - opened
            reached = closed
    return covered / (end_ms - start_ms)
