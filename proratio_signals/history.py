"""Votes of the past as typed columns: one bulk read per series.

Reading takes the time it is read *for*. A vote on a candle that closes later cannot be seen.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import DATE_DTYPE, open_times_ms
from proratio_core.database import CopyLayout, Database, copy_out
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey, Timeframe

__all__ = ["in_time", "read_votes"]

_LAYOUT = CopyLayout(
    (
        ("id", "int8"),
        ("as_of", "timestamptz"),
        ("attempt", "int2"),
        ("available_at", "timestamptz"),
        ("action", "int2"),
        ("score", "float8"),
        ("degraded", "bool"),
    )
)
_QUERY = (
    f"SELECT {_LAYOUT.names} FROM vote "  # noqa: S608  # our own constant
    "WHERE series_id = (SELECT id FROM series WHERE exchange = %s AND symbol = %s "
    "AND timeframe = %s AND kind = %s) "
    "AND profile_id = (SELECT id FROM profile WHERE hash = %s) AND as_of <= %s"
)


def read_votes(
    database: Database, key: SeriesKey, *, profile_hash: str, until: datetime
) -> pd.DataFrame:
    """Return the votes of a profile on one series: a single query, a single binary COPY.

    Parameters
    ----------
    database
        Where the ledger is.
    key
        The series.
    profile_hash
        Whose votes.
    until
        The moment this is read for; votes on candles that close later are not returned.

    Returns
    -------
    DataFrame
        One row per judged candle, its latest attempt, ascending: `date` (close time of the candle,
        datetime64[ms, UTC]), `vote_id` int64, `action` int8 (1, -1, 0), `score` float64, `degraded`
        bool, `available_at` (datetime64[ms, UTC]).

    Raises
    ------
    DataError
        `until` has no timezone.
    TransientError
        The database is away.
    """
    if until.tzinfo is None:
        raise DataError(f"until is {until} without a timezone; pass an aware UTC time")
    identity = (key.exchange, str(key.pair), key.timeframe.value, key.kind.value)
    with database.transaction() as cursor:
        columns = copy_out(cursor, _QUERY, _LAYOUT, (*identity, profile_hash, until))
    latest = _latest(columns["as_of"], columns["attempt"])
    columns = {name: column[latest] for name, column in columns.items()}
    return pd.DataFrame(
        {
            "date": _moments(columns["as_of"]),
            "vote_id": columns["id"],
            "action": columns["action"].astype(np.int8),
            "score": columns["score"],
            "degraded": columns["degraded"],
            "available_at": _moments(columns["available_at"]),
        },
        copy=False,
    )


def in_time(votes: pd.DataFrame, timeframe: Timeframe) -> npt.NDArray[np.bool_]:
    """Return which votes could be used before the next candle had closed too, shape (n,)."""
    judged = open_times_ms(votes)
    available = open_times_ms(votes[["available_at"]].set_axis(["date"], axis=1))
    return np.asarray(available < judged + timeframe.ms, dtype=np.bool_)


def _latest(as_of: npt.NDArray[np.int64], attempt: npt.NDArray[np.int16]) -> npt.NDArray[np.intp]:
    """Return where the last attempt of each candle stands, the candles ascending."""
    order = np.lexsort((attempt, as_of))  # rows arrive almost sorted: faster here than in SQL
    ordered = as_of[order]
    last = np.ones(len(ordered), np.bool_)
    last[:-1] = ordered[1:] != ordered[:-1]
    return order[last]


def _moments(milliseconds: np.ndarray) -> pd.Series:
    index = pd.DatetimeIndex(milliseconds.view("datetime64[ms]"), tz="UTC")
    return pd.Series(index, dtype=DATE_DTYPE)
