"""The same questions asked again: under whose name, and what they have shown so far.

A repeat is a vote like any other, in the ledger under a profile that differs by its name alone. So
it is never taken for the vote itself, is exported with the rest, and is never paid for twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.values import Timeframe
from proratio_signals.profile import Profile
from proratio_signals.siblings import read_siblings
from proratio_signals.steadiness import Steadiness, VoteAnswer, steadiness_of

__all__ = ["occasion_of", "read_steadiness", "repeat_of"]

_NAME_CHARS: Final = 28
"""What a repeat keeps of the profile's name, so that the number fits behind it."""

_ANSWERS: Final = (
    "SELECT series_id, as_of, snapshot_hash, available_at, action, id FROM ("
    "SELECT *, count(*) OVER (PARTITION BY series_id, as_of, snapshot_hash) AS answers FROM ("
    "SELECT DISTINCT ON (series_id, profile_id, as_of) * FROM vote "
    "WHERE series_id IN (SELECT id FROM series WHERE exchange = %s AND timeframe = %s) "
    "AND profile_id IN (SELECT id FROM profile WHERE hash = ANY(%s)) "
    "AND as_of <= %s AND available_at <= %s "
    "ORDER BY series_id, profile_id, as_of, attempt DESC"
    ") AS latest WHERE NOT degraded) AS counted WHERE answers > 1 "
    "ORDER BY series_id, as_of, snapshot_hash"
)


def repeat_of(profile: Profile, number: int) -> Profile:
    """Return the profile under whose name the `number`-th repeat is recorded, counted from 1.

    Examples
    --------
    >>> from proratio_signals.profile import load_profile
    >>> repeat_of(load_profile("offline"), 2).name
    'offline-again-2'
    """
    name = f"{profile.name[:_NAME_CHARS]}-again-{number}"
    return profile.model_copy(update={"name": name})


def occasion_of(number: int) -> str:
    """Return what tells the calls of a repeat apart from those it repeats."""
    return f"repeat {number}"


def read_steadiness(
    database: Database, profile: Profile, *, exchange: str, timeframe: Timeframe, until: datetime
) -> Steadiness:
    """Return what repeats have shown of a profile's vote on the candles of one exchange.

    Parameters
    ----------
    database
        Where the ledger is.
    profile
        Whose vote. Votes that some voter abstained from show an outage and are left out.
    exchange, timeframe
        Votes on another market, or on longer candles, say nothing about these.
    until
        The moment this is read for.

    Raises
    ------
    TransientError
        The database is away.
    """
    hashes = list(read_siblings(database, profile).repeats)
    with database.transaction() as cursor:
        cursor.execute(_ANSWERS, (exchange, timeframe.value, hashes, until, until))
        rows = cursor.fetchall()
    return steadiness_of(
        VoteAnswer((series, to_ms(as_of), snapshot), to_ms(available), action, vote)
        for series, as_of, snapshot, available, action, vote in rows
    )
