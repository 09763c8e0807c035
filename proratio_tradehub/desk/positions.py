"""Freqtrade's open trades as positions, and what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from proratio_core.clock import in_utc
from proratio_core.values import Pair
from proratio_tradehub.risk import Position, Side

__all__ = ["OpenTrade", "earned_quote", "pair_of", "position_of", "unrealised_quote"]


class OpenTrade(Protocol):
    """What is read of a trade of Freqtrade's, in a backtest or in its database."""

    pair: str
    is_short: bool
    amount: float
    amount_requested: float | None
    open_rate: float
    stop_loss: float | None
    stake_amount: float
    leverage: float
    fee_open: float
    fee_close: float
    funding_fees: float | None
    realized_profit: float
    open_date: datetime
    orders: Sequence[Any]
    entry_side: str

    @property
    def has_open_position(self) -> bool:
        """Whether any of its entry has been filled."""
        ...


@lru_cache(maxsize=1_000)
def pair_of(symbol: str) -> Pair:
    """Return the pair of a symbol; Freqtrade names the same few again and again."""
    return Pair.parse(symbol)


def position_of(trade: OpenTrade, mark_price: float, *, cost_frac: float) -> Position:
    """Return an open trade as a position; an entry that is not filled yet counts as if it were.

    Parameters
    ----------
    trade
        A trade of Freqtrade's that is open.
    mark_price
        The last price of its pair, quote currency.
    cost_frac
        Fee and slippage of closing it, as a fraction of the value then; the fee the trade states
        counts where it is larger.

    Raises
    ------
    RiskError
        A figure of the trade is not usable.
    """
    filled = trade.has_open_position
    return Position(
        pair=pair_of(trade.pair),
        side=Side.SHORT if trade.is_short else Side.LONG,
        amount=float(trade.amount if filled else trade.amount_requested or trade.amount),
        entry_price=float(trade.open_rate),
        mark_price=float(mark_price),
        stop_price=trade.stop_loss or None,
        stake_quote=float(trade.stake_amount),
        leverage=float(trade.leverage or 1.0),
        exit_cost_frac=max(float(trade.fee_close), cost_frac),
        opened_at=in_utc(trade.open_date),
    )


def unrealised_quote(trade: OpenTrade, mark_price: float) -> float:
    """Return what closing a trade at `mark_price` would earn, all fees and funding included.

    An entry that is not filled yet has earned nothing.
    """
    return earned_quote(trade, mark_price) if trade.has_open_position else 0.0


def earned_quote(trade: OpenTrade, mark_price: float) -> float:
    """Return what closing a filled trade at `mark_price` would earn, as `unrealised_quote` does.

    Source: Freqtrade's `LocalTrade.calc_profit`, in floating point; it takes 30 µs, this 1.
    """
    sign = -1.0 if trade.is_short else 1.0
    moved = sign * (mark_price - trade.open_rate)
    fees = trade.fee_open * trade.open_rate + trade.fee_close * mark_price
    return trade.amount * (moved - fees) + (trade.funding_fees or 0.0)
