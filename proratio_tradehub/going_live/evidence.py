"""What is on record of an account since a stage began: the ground every line of the list stands on.

Nothing here is an opinion, and nothing missing is an error: what was never recorded is None or 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd

from proratio_core.errors import DataError
from proratio_quantlab.inference import Interval, sharpe_interval
from proratio_quantlab.wallet import daily_returns
from proratio_tradehub.reports import EquityCurve, PaperBacktest

__all__ = ["Evidence", "Presence", "presence_of", "sharpe_of"]

_INTERRUPTED_AFTER: Final = timedelta(minutes=3)
"""A bot at work leaves a mark of its equity every minute."""


@dataclass(frozen=True, slots=True)
class Presence:
    """When a bot was at work, by its equity marks.

    Parameters
    ----------
    days
        UTC days with a mark.
    uptime_frac
        Share of the time from the first mark until now, 0 to 1; None without a mark.
    interruptions
        Gaps of more than three minutes after which it went on.
    """

    days: int
    uptime_frac: float | None
    interruptions: int


@dataclass(frozen=True)
class Evidence:
    """All of it.

    Parameters
    ----------
    account, since, now
        Whose, from when on (None is all there is), and when it was looked at, UTC.
    presence
        When the bot was at work.
    trades, voted
        Closed trades, and how many of them rest on a vote.
    sharpe
        A year, of the daily returns of the account's equity; None for fewer than 20 days.
    drawdown_frac, limit_frac
        Largest fall from a high, and where the risk profile halts.
    comparisons
        Each strategy beside a stored backtest.
    votes, degraded_frac
        Live votes on its market, and the share that lacked a voter.
    held_back
        Why entries are held back; empty when nothing is in the way.
    failing
        What `proratio doctor` finds wrong, by name.
    rehearsed_at
        When a backup was last restored and found the same.
    """

    account: str
    since: datetime | None
    now: datetime
    presence: Presence
    trades: int
    voted: int
    sharpe: Interval | None
    drawdown_frac: float | None
    limit_frac: float
    comparisons: tuple[PaperBacktest, ...]
    votes: int
    degraded_frac: float | None
    held_back: str
    failing: tuple[str, ...]
    rehearsed_at: datetime | None


def presence_of(curve: EquityCurve, *, now: datetime) -> Presence:
    """Return when a bot was at work. Pure."""
    if not len(curve.times):
        return Presence(0, None, 0)
    end = np.datetime64(now.replace(tzinfo=None), "ms")
    longest = np.timedelta64(_INTERRUPTED_AFTER)
    gaps = np.diff(np.append(curve.times, max(end, curve.times[-1])))
    away = gaps[gaps > longest].sum() if (gaps > longest).any() else np.timedelta64(0, "ms")
    whole = gaps.sum()
    uptime = 1.0 if not whole else 1.0 - float(away / whole)
    interruptions = int((gaps[:-1] > longest).sum())
    return Presence(len(np.unique(curve.times.astype("datetime64[D]"))), uptime, interruptions)


def sharpe_of(curve: EquityCurve) -> Interval | None:
    """Return the Sharpe ratio a year of the daily returns; None where they define none. Pure."""
    start = curve.start_quote
    if not len(curve.times) or not start:
        return None
    dates = pd.DatetimeIndex(curve.times, tz="UTC").as_unit("ms")
    equity = pd.DataFrame({"date": dates, "equity_quote": curve.equity_quote})
    equity = equity.drop_duplicates("date", keep="last")
    try:
        return sharpe_interval(daily_returns(equity, starting_balance=start))
    except DataError:
        return None
