"""How much of an entry is due, given the time and what was filled. Pure.

What is due is counted from the whole, not from the last order: a slice that was refused, cut short
or came late is made up for by the next, and never is more bought than the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from proratio_tradehub.execution.style import Execution, Style

__all__ = ["first_stake", "is_over", "next_stake"]

_LATE_SLICES: Final = 2.0
_DUST_FRAC: Final = 1e-6


def first_stake(
    execution: Execution, whole: float, *, shares: Sequence[float], min_stake: float
) -> float:
    """Return the stake of the first order of an entry.

    Parameters
    ----------
    execution
        The style.
    whole
        What the entry may stake in all, quote currency.
    shares
        Of each slice, in sum 1.
    min_stake
        The smallest order the exchange takes.
    """
    return next_stake(
        execution, whole, spent=0.0, elapsed_s=0.0, shares=shares, min_stake=min_stake
    ) or _at_least(whole, shares[0] * whole, min_stake)


def next_stake(
    execution: Execution,
    whole: float,
    *,
    spent: float,
    elapsed_s: float,
    shares: Sequence[float],
    min_stake: float,
) -> float:
    """Return the stake of the next order; 0 when none is due.

    Parameters
    ----------
    execution, whole, shares, min_stake
        As for `first_stake`.
    spent
        What the orders before it staked.
    elapsed_s
        Since the entry.
    """
    rest = whole - spent
    if rest <= whole * _DUST_FRAC or rest < min_stake:
        return 0.0
    if execution.style is Style.ICEBERG:
        return _at_least(rest, whole / execution.slices, min_stake)
    due = whole * _share_by(execution, elapsed_s, shares) - spent
    if due <= whole * _DUST_FRAC or due < min(min_stake, rest):
        return 0.0
    return _at_least(rest, due, min_stake)


def is_over(execution: Execution, elapsed_s: float, *, candle_s: float) -> bool:
    """Return whether it is too late for what is left of an entry.

    A slice may come two intervals late, or two candles where the loop goes by candles.
    """
    return elapsed_s > execution.over_s + _LATE_SLICES * max(execution.interval_s, candle_s)


def _share_by(execution: Execution, elapsed_s: float, shares: Sequence[float]) -> float:
    """Return which part of the whole should have been ordered by now."""
    begun = min(int(elapsed_s // execution.interval_s) + 1, execution.slices)
    return 1.0 if begun == execution.slices else [*accumulate(shares)][begun - 1]


def _at_least(rest: float, wanted: float, min_stake: float) -> float:
    """Return an order the exchange takes, and that leaves no rest it would not take."""
    stake = min(max(wanted, min_stake), rest)
    return rest if rest - stake < min_stake else stake
