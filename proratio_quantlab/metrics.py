"""What a list of trades and an equity curve are worth, in one frozen value. Pure.

Everything about risk is measured on the *wallet*, open positions included, once a day: figures
over closed trades alone leave out the losses still being carried. A figure the data does not
define (a ratio without a loss, a mean of nothing) is None, never NaN or infinite.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import to_ms
from proratio_core.errors import DataError

__all__ = ["ClosedTrade", "Metrics", "compute_metrics", "daily_returns", "drawdown_curve"]

DAYS_A_YEAR: Final = 365
"""Crypto markets never close, so a year has 365 daily returns, not 252."""

_DAY_MS: Final = 86_400_000
_FLAT_FRAC: Final = 1e-12
"""Spread of returns below which they are all the same number but for rounding."""

_RUIN_FRAC: Final = 1e-9

_Floats = npt.NDArray[np.float64]


class ClosedTrade(Protocol):
    """What the metrics need to know of a trade."""

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


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one run; None where the data does not define one.

    Parameters
    ----------
    trades, wins
        Closed trades, and those whose profit after fees is above zero.
    win_rate_frac
        wins / trades.
    profit_quote, profit_frac
        What the wallet gained over the run, in quote currency and as a fraction of the start.
    sharpe, sortino
        Annualised from daily wallet returns; the riskless rate is taken as zero.
    calmar
        Annual compound growth over the largest drawdown.
    max_drawdown_frac
        Largest fall of the wallet below its highest value so far, 0 to 1.
    drawdown_days
        Longest time from a high of the wallet to the last row still below it, in days.
    profit_factor
        What the winners won over what the losers lost.
    expectancy_quote
        Mean profit of a trade, in quote currency.
    exposure_frac
        Share of the run's time during which at least one position was open.
    fees_quote
        Fees of all trades, in quote currency.
    llm_cost_usd
        What the votes that gated the run cost, in US dollars; 0 without language models.
    profit_after_llm_quote
        `profit_quote` less that cost; None where the quote currency is not a dollar.
    """

    trades: int
    wins: int
    win_rate_frac: float | None
    profit_quote: float
    profit_frac: float
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown_frac: float
    drawdown_days: float
    profit_factor: float | None
    expectancy_quote: float | None
    exposure_frac: float | None
    fees_quote: float
    llm_cost_usd: float = 0.0
    profit_after_llm_quote: float | None = None


def compute_metrics(
    trades: Sequence[ClosedTrade],
    equity: pd.DataFrame,
    *,
    starting_balance: float,
    llm_cost_usd: float = 0.0,
    in_dollars: bool = True,
) -> Metrics:
    """Return the figures of one run.

    Parameters
    ----------
    trades
        Closed trades, in any order.
    equity
        Columns `date` (datetime64[ms, UTC], ascending, unique) and `equity_quote` (the wallet
        with open positions at their market value, quote currency, finite), a row a day or finer.
    starting_balance
        The wallet before the first row, quote currency, above zero.
    llm_cost_usd
        What the votes cost, in US dollars. It is paid from another pocket than the wallet, so it
        changes no figure of the wallet.
    in_dollars
        Whether the quote currency is worth a dollar.

    Raises
    ------
    DataError
        The equity is empty, unordered or not finite, or the starting balance is not positive.

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=3, freq="D", tz="UTC", unit="ms")
    >>> equity = pd.DataFrame({"date": days, "equity_quote": [1000.0, 1100.0, 1045.0]})
    >>> round(compute_metrics((), equity, starting_balance=1000.0).max_drawdown_frac, 4)
    0.05
    """
    times, wallet = _checked(equity, starting_balance)
    returns = daily_returns(equity, starting_balance=starting_balance)
    profits = np.array([trade.profit_quote for trade in trades], np.float64)
    won, lost = float(profits[profits > 0].sum()), -float(profits[profits < 0].sum())
    wins, count = int((profits > 0).sum()), len(profits)
    final = float(wallet[-1])
    after_llm = final - starting_balance - llm_cost_usd if in_dollars or not llm_cost_usd else None
    depth = abs(float(drawdown_curve(equity, starting_balance=starting_balance).min()))
    return Metrics(
        trades=count,
        wins=wins,
        win_rate_frac=wins / count if count else None,
        profit_quote=final - starting_balance,
        profit_frac=final / starting_balance - 1,
        sharpe=_sharpe(returns),
        sortino=_sortino(returns),
        calmar=_calmar(final / starting_balance, len(returns), depth),
        max_drawdown_frac=depth,
        drawdown_days=_longest_under_water_days(times, wallet, starting_balance),
        profit_factor=won / lost if lost else None,
        expectancy_quote=float(profits.mean()) if count else None,
        exposure_frac=_exposure(trades, times),
        fees_quote=float(sum(trade.fees_quote for trade in trades)),
        llm_cost_usd=llm_cost_usd,
        profit_after_llm_quote=after_llm,
    )


def daily_returns(equity: pd.DataFrame, *, starting_balance: float) -> _Floats:
    """Return the wallet's simple return of each UTC day, shape (days,).

    A day's value is its last row; a day without rows repeats the one before; the first day's
    return is measured from `starting_balance`. A ruined wallet (below a billionth of the start)
    has no return to measure; the days after it are left out.

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
    alive = before > _RUIN_FRAC * starting_balance
    returns: _Floats = closing[alive] / before[alive] - 1
    return returns


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


def _sharpe(returns: _Floats) -> float | None:
    """Return mean over standard deviation (ddof=1), times sqrt(365).

    Source: Sharpe, "The Sharpe ratio", Journal of Portfolio Management 21(1), 1994, the ex-post
    form with a riskless rate of zero.
    """
    if len(returns) < 2:
        return None
    spread = float(returns.std(ddof=1))
    return None if spread < _FLAT_FRAC else float(returns.mean()) / spread * DAYS_A_YEAR**0.5


def _sortino(returns: _Floats) -> float | None:
    """Return mean over downside deviation about zero, over all days, times sqrt(365).

    Source: Sortino & Price, "Performance measurement in a downside risk framework", Journal of
    Investing 3(3), 1994: the second lower partial moment divides by every observation.
    """
    if len(returns) < 2:
        return None
    downside = float(np.sqrt(np.square(np.minimum(returns, 0)).mean()))
    return None if downside < _FLAT_FRAC else float(returns.mean()) / downside * DAYS_A_YEAR**0.5


def _calmar(growth: float, days: int, depth_frac: float) -> float | None:
    """Return annual compound growth over the largest drawdown.

    Source: Young, "Calmar ratio: a smoother tool", Futures 20(1), 1991, over the whole run
    instead of 36 months.
    """
    if depth_frac < _FLAT_FRAC:
        return None
    try:
        yearly = math.pow(max(growth, 0.0), DAYS_A_YEAR / days) - 1
    except OverflowError:  # a large gain in a few days has no yearly figure
        return None
    return yearly / depth_frac


def _longest_under_water_days(
    times: npt.NDArray[np.int64], wallet: _Floats, starting_balance: float
) -> float:
    """Return the longest time from a high to the last row still below it."""
    high = np.maximum(np.maximum.accumulate(wallet), starting_balance)
    last_high = np.maximum.accumulate(np.where(wallet >= high, times, times[0]))
    return float((times - last_high).max()) / _DAY_MS


def _exposure(trades: Sequence[ClosedTrade], times: npt.NDArray[np.int64]) -> float | None:
    """Return the length of the union of the trades' lives over the run's length."""
    start, end = int(times[0]), int(times[-1])
    if end == start:
        return None
    covered, reached = 0, start
    for trade in sorted(trades, key=lambda trade: trade.opened_at):
        opened, closed = max(to_ms(trade.opened_at), reached), min(to_ms(trade.closed_at), end)
        if closed > opened:
            covered += closed - opened
            reached = closed
    return covered / (end - start)
