"""The ledger as a track record reads it: what was said, what was shown, who else was asked.

Everything takes the moment it is read for: a vote on a later candle, or one that was not available
by then, is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_signals.profile import Profile
from proratio_signals.scoring.statements import THE_VOTE, Statements

__all__ = [
    "judged_series",
    "read_costs",
    "read_facts",
    "read_repeats",
    "read_served",
    "read_statements",
]

_VOTES = (
    "vote WHERE series_id = (SELECT id FROM series WHERE exchange = %s AND symbol = %s "
    "AND timeframe = %s AND kind = %s) "
    "AND profile_id IN (SELECT id FROM profile WHERE hash = ANY(%s)) "
    "AND as_of >= coalesce(%s::timestamptz, '-infinity') "
    "AND as_of < coalesce(%s::timestamptz, 'infinity') AND as_of <= %s AND available_at <= %s"
)
_STATEMENTS = (
    "SELECT latest.id, latest.as_of, latest.snapshot_hash, latest.action, latest.score, voter, "  # noqa: S608
    "opinion.action, confidence, expected_return_frac, horizon_candles "
    f"FROM (SELECT DISTINCT ON (as_of) * FROM {_VOTES} ORDER BY as_of, attempt DESC) AS latest "
    "JOIN opinion ON opinion.vote_id = latest.id ORDER BY latest.as_of"
)
_REPEATS = (
    "WITH latest AS (SELECT DISTINCT ON (profile_id, as_of) * "  # noqa: S608
    f"FROM {_VOTES} ORDER BY profile_id, as_of, attempt DESC), "
    "said AS (SELECT as_of, snapshot_hash, voter, opinion.action FROM latest "
    "JOIN opinion ON vote_id = latest.id WHERE opinion.action IS NOT NULL "
    "UNION ALL SELECT as_of, snapshot_hash, %s, action FROM latest WHERE NOT degraded) "
    "SELECT as_of, voter, count(*) FILTER (WHERE action = 1), "
    "count(*) FILTER (WHERE action = 0), count(*) FILTER (WHERE action = -1) FROM said "
    "GROUP BY as_of, snapshot_hash, voter HAVING count(*) > 1 ORDER BY as_of"
)
_COSTS = (
    "SELECT (as_of AT TIME ZONE 'UTC')::date, voter, sum(cost_usd), count(*) "  # noqa: S608
    f"FROM (SELECT * FROM {_VOTES}) AS vote JOIN opinion ON opinion.vote_id = vote.id "
    "WHERE cost_usd IS NOT NULL GROUP BY 1, 2"
)
_SERVED = (
    "SELECT voter, served_model, min(as_of), max(as_of), count(*) "  # noqa: S608
    f"FROM (SELECT * FROM {_VOTES}) AS vote JOIN opinion ON opinion.vote_id = vote.id "
    "WHERE opinion.action IS NOT NULL GROUP BY voter, served_model"
)


def read_statements(
    database: Database,
    profile: Profile,
    profile_hash: str,
    keys: Sequence[SeriesKey],
    *,
    timerange: Timerange,
    until: datetime,
) -> Statements:
    """Return the latest answer to every question about `keys`.

    Parameters
    ----------
    database
        Where the ledger is.
    profile
        Whose voters are wanted, in this order.
    profile_hash
        Whose votes are read: the profile's own hash, or that of a sibling.
    keys
        The series.
    timerange
        Span of candle close times.
    until
        The moment this is read for.

    Raises
    ------
    TransientError
        The database is away.
    """
    voters = tuple(voter.name for voter in profile.voters)
    rows: list[tuple[int, Any]] = []
    for place, key in enumerate(keys):
        found = _query(database, _STATEMENTS, _bounds(key, (profile_hash,), timerange, until))
        rows += [(place, row) for row in found]
    return _table(voters, tuple(keys), rows)


def read_facts(database: Database, hashes: Iterable[str]) -> Mapping[str, Mapping[str, float]]:
    """Return the facts of snapshots by their hash."""
    rows = _query(
        database,
        "SELECT hash, document->'facts' FROM snapshot WHERE hash = ANY(%s)",
        (sorted(set(hashes)),),
    )
    return dict(rows)


def read_repeats(
    database: Database,
    hashes: Sequence[str],
    keys: Sequence[SeriesKey],
    *,
    timerange: Timerange,
    until: datetime,
) -> tuple[tuple[int, str, int, int, int], ...]:
    """Return how often each action was given where the same voter saw the same candles again.

    Of several attempts of one profile the latest counts: those before it differ by outages, and
    share what was paid for. The vote itself counts where every voter answered.

    Returns
    -------
    tuple
        Rows of close time in milliseconds, voter or `THE_VOTE`, and the number of BUY, HOLD and
        SELL, ascending.
    """
    rows = [
        (to_ms(as_of), *rest)
        for key in keys
        for as_of, *rest in _query(
            database, _REPEATS, (*_bounds(key, tuple(hashes), timerange, until), THE_VOTE)
        )
    ]
    return tuple(sorted(rows))


def read_costs(
    database: Database,
    hashes: Sequence[str],
    keys: Sequence[SeriesKey],
    *,
    timerange: Timerange,
    until: datetime,
) -> tuple[tuple[date, str, float, int], ...]:
    """Return what the votes on each day's candles cost, in US dollars, repeats included.

    Returns
    -------
    tuple
        Rows of the UTC day of the candles' close, voter, dollars and calls, ascending.
    """
    sums: dict[tuple[date, str], tuple[float, int]] = {}
    for key in keys:
        bounds = _bounds(key, tuple(hashes), timerange, until)
        for day, voter, usd, calls in _query(database, _COSTS, bounds):
            known = sums.get((day, voter), (0.0, 0))
            sums[day, voter] = (known[0] + usd, known[1] + calls)
    return tuple((*where, *spent) for where, spent in sorted(sums.items()))


def read_served(
    database: Database,
    profile_hash: str,
    keys: Sequence[SeriesKey],
    *,
    timerange: Timerange,
    until: datetime,
) -> tuple[tuple[str, str, datetime, datetime, int], ...]:
    """Return which model answered for which voter, from when to when, and how often."""
    spans: dict[tuple[str, str], tuple[datetime, datetime, int]] = {}
    for key in keys:
        bounds = _bounds(key, (profile_hash,), timerange, until)
        for voter, model, first, last, count in _query(database, _SERVED, bounds):
            known = spans.get((voter, model), (first, last, 0))
            spans[voter, model] = (min(first, known[0]), max(last, known[1]), count + known[2])
    return tuple((*name, *span) for name, span in sorted(spans.items()))


def judged_series(database: Database, profile_hash: str) -> tuple[SeriesKey, ...]:
    """Return every series a profile has voted on, ordered by exchange, symbol and timeframe."""
    rows = _query(
        database,
        "SELECT DISTINCT exchange, symbol, timeframe, kind FROM vote "
        "JOIN series ON series.id = series_id JOIN profile ON profile.id = profile_id "
        "WHERE hash = %s ORDER BY exchange, symbol, timeframe, kind",
        (profile_hash,),
    )
    return tuple(
        SeriesKey(exchange, Pair.parse(symbol), Timeframe(timeframe), SeriesKind(kind))
        for exchange, symbol, timeframe, kind in rows
    )


def _query(database: Database, statement: str, parameters: tuple[Any, ...]) -> list[Any]:
    with database.transaction() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def _bounds(
    key: SeriesKey, hashes: tuple[str, ...], timerange: Timerange, until: datetime
) -> tuple[Any, ...]:
    identity = (key.exchange, str(key.pair), key.timeframe.value, key.kind.value)
    return (*identity, list(hashes), timerange.start, timerange.end, until, until)


def _table(
    voters: tuple[str, ...], keys: tuple[SeriesKey, ...], rows: Sequence[tuple[int, Any]]
) -> Statements:
    """Return rows of (series, one voter's answer) as one table."""
    seats = {name: seat for seat, name in enumerate(voters)}
    votes = {row[0]: (place, *row[1:5]) for place, row in rows}
    lines = {vote_id: line for line, vote_id in enumerate(votes)}
    shape = (len(votes), len(voters))
    action = np.zeros(shape, np.int8)
    numbers = np.full((*shape, 2), np.nan)
    horizon = np.zeros(shape, np.int64)
    for _, (vote_id, *_head, voter, code, confidence, expected, candles) in rows:
        if voter in seats and code is not None:
            cell = lines[vote_id], seats[voter]
            action[cell], horizon[cell] = code, candles
            numbers[cell] = confidence, expected
    head = list(votes.values())
    table = Statements(
        voters,
        keys,
        series=np.array([line[0] for line in head], np.intp),
        times_ms=np.array([to_ms(line[1]) for line in head], np.int64),
        snapshots=np.array([line[2] for line in head], object),
        vote_action=np.array([line[3] for line in head], np.int8),
        vote_score=np.array([line[4] for line in head], np.float64),
        action=action,
        confidence=numbers[:, :, 0],
        expected_return_frac=numbers[:, :, 1],
        horizon_candles=horizon,
    )
    return table.where(np.lexsort((table.series, table.times_ms)))
