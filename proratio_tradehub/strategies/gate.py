"""The gate between a candidate and an entry: the vote on exactly that candle, or nothing. Pure.

A vote counts when its `as_of` is the close of the candidate's candle, its action is one that the
strategy acts on (BUY, unless it says otherwise), and it was available while the next candle was
still running; a vote that came later could not have been acted upon, so history may not act upon
it either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from proratio_signals.history import in_time
from proratio_signals.opinions import Action

__all__ = [
    "approvals",
    "availability",
    "degraded_closes",
    "judged_close_ms",
    "profile_of",
    "signal_id",
    "standing_calls",
    "strategy_of",
]

_BUY: Final = frozenset({Action.BUY})


def approvals(
    votes: pd.DataFrame, timeframe: Timeframe, actions: Collection[Action] = _BUY
) -> Mapping[int, float]:
    """Return the score of every vote that allows an entry, by the judged candle's close.

    Parameters
    ----------
    votes
        What `proratio_signals.history.read_votes` returned for one series.
    timeframe
        Length of a candle; how long a vote stays valid.
    actions
        What opens a position.

    Returns
    -------
    Mapping
        Close time in ms since the epoch -> score, 0..1.
    """
    codes = [action.code for action in actions]
    allowed = in_time(votes, timeframe) & np.isin(votes["action"].to_numpy(), codes)
    scores = votes["score"].to_numpy(np.float64)[allowed]
    return dict(zip(open_times_ms(votes)[allowed].tolist(), scores.tolist(), strict=True))


def availability(votes: pd.DataFrame) -> Mapping[int, int]:
    """Return when each vote was there, by the judged candle's close; both ms since the epoch."""
    available = open_times_ms(votes[["available_at"]].set_axis(["date"], axis=1))
    return dict(zip(open_times_ms(votes).tolist(), available.tolist(), strict=True))


def standing_calls(votes: pd.DataFrame, timeframe: Timeframe) -> Mapping[int, Action]:
    """Return what every vote that could be used says, by the judged candle's close, ms.

    A HOLD that lacks a voter is left out: it says that somebody was silent, not that the panel
    would be out.
    """
    codes = votes["action"].to_numpy()
    silent = votes["degraded"].to_numpy(np.bool_) & (codes == Action.HOLD.code)
    usable = in_time(votes, timeframe) & ~silent
    actions = [Action.from_code(code) for code in codes[usable].tolist()]
    return dict(zip(open_times_ms(votes)[usable].tolist(), actions, strict=True))


def degraded_closes(votes: pd.DataFrame) -> frozenset[int]:
    """Return the judged candles' closes, ms since the epoch, whose vote lacks a voter."""
    lacking = votes["degraded"].to_numpy(np.bool_)
    return frozenset(open_times_ms(votes)[lacking].tolist())


def signal_id(profile: str, close_ms: int, *, strategy: str = "") -> str:
    """Return the name under which an entry's vote is found again; it travels in `enter_tag`.

    Parameters
    ----------
    profile
        Who voted.
    close_ms
        Close of the judged candle, ms since the epoch.
    strategy
        Which of several strategies in one bot proposed the entry.

    Examples
    --------
    >>> signal_id("offline", 1_704_110_400_000)
    'offline@2024-01-01T12:00Z'
    >>> signal_id("offline", 1_704_110_400_000, strategy="Momentum")
    'Momentum/offline@2024-01-01T12:00Z'
    """
    owner = f"{strategy}/" if strategy else ""
    return f"{owner}{profile}@{np.datetime64(int(close_ms), 'ms').astype('datetime64[m]')}Z"


def strategy_of(entry_tag: str) -> str:
    """Return the strategy that a `signal_id` names; empty where it names none.

    Examples
    --------
    >>> strategy_of("Momentum/offline@2024-01-01T12:00Z")
    'Momentum'
    """
    owner, separator, _ = entry_tag.partition("@")[0].partition("/")
    return owner if separator else ""


def profile_of(entry_tag: str) -> str:
    """Return the profile that a `signal_id` names; empty where the tag names none.

    Examples
    --------
    >>> profile_of("Momentum/offline@2024-01-01T12:00Z"), profile_of("force_entry")
    ('offline', '')
    """
    head, separator, _ = entry_tag.partition("@")
    return head.rpartition("/")[2] if separator else ""


def judged_close_ms(entry_tag: str) -> int:
    """Return the candle close that a `signal_id` names, ms since the epoch.

    Raises
    ------
    DataError
        The tag is not a signal id.
    """
    _, _, moment = entry_tag.partition("@")
    try:
        close = np.datetime64(moment.removesuffix("Z"), "ms")
    except ValueError as error:
        raise DataError(
            f"entry tag {entry_tag!r} is not a signal id; "
            "expected [STRATEGY/]PROFILE@YYYY-MM-DDTHH:MMZ"
        ) from error
    if np.isnat(close):
        raise DataError(f"entry tag {entry_tag!r} names no candle; expected PROFILE@TIME")
    return int(close.astype(np.int64))
