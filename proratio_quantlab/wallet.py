"""A wallet over time, as daily and monthly returns and as distance from its highest value. Pure.

Everything about risk is measured on the *wallet*, open positions included: figures over closed
trades alone leave out the losses still being carried.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.errors import DataError

__all__ = [
    "DailyReturns",
    "MonthlyReturns",
    "daily_returns",
    "drawdown_curve",
    "longest_under_water_days",
    "monthly_returns",
    "returns_by_day",
    "shared_days",
]

_DAY_MS: Final = 86_400_000
_RUIN_FRAC: Final = 1e-9

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DailyReturns:
    """Simple returns of consecutive UTC days.

    Parameters
    ----------
    days
        datetime64[D], shape (n,), without gaps.
    returns
        Fractions, shape (n,).
    """

    days: npt.NDArray[np.datetime64]
    returns: _Floats


@dataclass(frozen=True)
class MonthlyReturns:
    """Compound returns of consecutive UTC months; the first and the last may be parts of one.

    Parameters
    ----------
    months
        datetime64[M], shape (n,).
    returns
        Fractions, shape (n,).
    """

    months: npt.NDArray[np.datetime64]
    returns: _Floats

    @property
    def positive_frac(self) -> float | None:
        """Share of months above zero, 0 to 1; None for less than two months."""
        return float((self.returns > 0).mean()) if len(self.returns) > 1 else None


def returns_by_day(equity: pd.DataFrame, *, starting_balance: float) -> DailyReturns:
    """Return the wallet's simple return of each UTC day.

    A day's value is its last row; a day without rows repeats the one before; the first day's
    return is measured from `starting_balance`. A ruined wallet (below a billionth of the start)
    has no return to measure; the days after it are left out.

    Parameters
    ----------
    equity
        Columns `date` (datetime64[ms, UTC], ascending, unique) and `equity_quote` (the wallet
        with open positions at their market value, quote currency, finite).
    starting_balance
        The wallet before the first row, quote currency, above zero.

    Raises
    ------
    DataError
        The equity is empty, unordered or not finite, or the starting balance is not positive.
    """
    times, wallet = _checked(equity, starting_balance)
    day = times // _DAY_MS
    days = np.arange(day[0], day[-1] + 1)
    closing = wallet[np.searchsorted(day, days, side="right") - 1]
    before = np.concatenate(([starting_balance], closing[:-1]))
    alive = np.logical_and.accumulate(before > _RUIN_FRAC * starting_balance)
    return DailyReturns(days[alive].astype("datetime64[D]"), closing[alive] / before[alive] - 1)


def daily_returns(equity: pd.DataFrame, *, starting_balance: float) -> _Floats:
    """Return the returns of `returns_by_day` alone, shape (days,).

    Raises
    ------
    DataError
        As for `returns_by_day`.
    """
    return returns_by_day(equity, starting_balance=starting_balance).returns


def monthly_returns(daily: DailyReturns) -> MonthlyReturns:
    """Return what each month of `daily` compounds to."""
    months, first = np.unique(daily.days.astype("datetime64[M]"), return_index=True)
    return MonthlyReturns(months, np.multiply.reduceat(1 + daily.returns, first) - 1)


def shared_days(first: DailyReturns, second: DailyReturns) -> tuple[DailyReturns, DailyReturns]:
    """Return the returns of both on the days both have."""
    days, ours, theirs = np.intersect1d(
        first.days, second.days, assume_unique=True, return_indices=True
    )
    return DailyReturns(days, first.returns[ours]), DailyReturns(days, second.returns[theirs])


def drawdown_curve(equity: pd.DataFrame, *, starting_balance: float) -> _Floats:
    """Return how far each row of `equity` lies below the highest value so far, 0 to -1.

    The starting balance counts as the first high.

    Raises
    ------
    DataError
        The equity is empty, unordered or not finite, or the starting balance is not positive.

    Source: Magdon-Ismail & Atiya, "Maximum drawdown", Risk 17(10), 2004.
    """
    _, wallet = _checked(equity, starting_balance)
    curve: _Floats = wallet / np.maximum(np.maximum.accumulate(wallet), starting_balance) - 1
    return curve


def longest_under_water_days(equity: pd.DataFrame, *, starting_balance: float) -> float:
    """Return the longest time from a high to the last row still below it, in days.

    Raises
    ------
    DataError
        The equity is empty, unordered or not finite, or the starting balance is not positive.
    """
    times, wallet = _checked(equity, starting_balance)
    high = np.maximum(np.maximum.accumulate(wallet), starting_balance)
    last_high = np.maximum.accumulate(np.where(wallet >= high, times, times[0]))
    return float((times - last_high).max()) / _DAY_MS


def _checked(
    equity: pd.DataFrame, starting_balance: float
) -> tuple[npt.NDArray[np.int64], _Floats]:
    """Return the times in ms and the wallet of an equity frame that keeps its contract."""
    if not (math.isfinite(starting_balance) and starting_balance > 0):
        raise DataError(f"a starting balance of {starting_balance} is not above zero")
    wallet = equity["equity_quote"].to_numpy(np.float64)
    times = open_times_ms(equity)
    if not len(wallet):
        raise DataError("an equity curve without rows has no metrics; the run covered no candle")
    if not np.isfinite(wallet).all() or not (np.diff(times) > 0).all():
        raise DataError("an equity curve must be finite, with unique and ascending dates")
    return times, wallet
