"""The vote that allowed an entry, found again by the signal id in its tag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from proratio_signals.ledger import Ledger
from proratio_signals.opinions import Action, Ballot, Opinion
from proratio_tradehub.strategies.gate import judged_close_ms, profile_of

__all__ = ["Expectation", "VoteBehind", "vote_behind"]

_FIND: Final = (
    "SELECT vote.id, series.timeframe, vote.action, vote.score, "
    "(profile.document ->> 'threshold')::float8 FROM vote "
    "JOIN series ON series.id = vote.series_id JOIN profile ON profile.id = vote.profile_id "
    "WHERE series.exchange = %s AND series.symbol = %s AND profile.name = %s AND vote.as_of = %s "
    "AND vote.available_at <= %s ORDER BY vote.action = 0, vote.available_at DESC, vote.id DESC "
    "LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What those expect who voted for an action: a price move, and in how many candles."""

    return_frac: float
    horizon_candles: int


@dataclass(frozen=True, slots=True)
class VoteBehind:
    """One vote and what each voter said.

    Parameters
    ----------
    action, score, threshold
        What it came to; an entry needs a score above the threshold.
    timeframe
        Length of the judged candles.
    ballots
        In the order of the profile.
    """

    action: Action
    score: float
    threshold: float
    timeframe: Timeframe
    ballots: tuple[Ballot, ...]

    @property
    def expectation(self) -> Expectation | None:
        """The mean of those who voted for it, each by weight and confidence; None without one."""
        said = [
            (ballot.voter.weight * result.confidence, result)
            for ballot in self.ballots
            if isinstance(result := ballot.answer.result, Opinion) and result.action is self.action
        ]
        total = sum(weight for weight, _ in said)
        if not total > 0.0:
            return None
        move = sum(weight * one.expected_return_frac for weight, one in said) / total
        horizon = sum(weight * one.horizon_candles for weight, one in said) / total
        return Expectation(move, max(1, round(horizon)))


def vote_behind(
    database: Database, *, source: str, symbol: str, tag: str | None, opened_at: datetime
) -> VoteBehind | None:
    """Return the vote an entry names; None when its tag names none, or the ledger lacks it.

    Where profile and moment were judged on several candle lengths, that which did not hold and
    came last before the entry counts.

    Parameters
    ----------
    database
        Where the ledger is.
    source, symbol
        Whose market, and which.
    tag
        Freqtrade's `enter_tag`.
    opened_at
        When the entry was made, UTC.

    Raises
    ------
    TransientError
        The database is away.
    """
    try:
        as_of = from_ms(judged_close_ms(tag or ""))
    except DataError:
        return None
    with database.transaction() as cursor:
        cursor.execute(_FIND, (source, symbol, profile_of(tag or ""), as_of, opened_at))
        row = cursor.fetchone()
    if row is None:
        return None
    number, timeframe, action, score, threshold = row
    return VoteBehind(
        Action.from_code(action),
        score,
        threshold,
        Timeframe(timeframe),
        Ledger(database).ballots(number),
    )
