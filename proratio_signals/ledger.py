"""What was said, for good: every vote with its ballots, append-only, in PostgreSQL.

Nothing here changes or removes a row, and a trigger in the database refuses whoever tries. Asking
the same question again adds an attempt; the latest one counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from psycopg2 import extensions
from psycopg2.extras import execute_values

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_signals.derivatives import Derivatives
from proratio_signals.opinions import Ballot
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.records import (
    BALLOT_COLUMNS,
    VOTE_COLUMNS,
    Decision,
    LedgerVote,
    Origin,
    ballot_from_row,
    row_of_ballot,
    row_of_decision,
    vote_from_row,
)
from proratio_signals.snapshot import Snapshot

__all__ = ["Decision", "Ledger", "LedgerVote", "Origin", "ensure_profile"]

LOCK_SPACE = 5_002
"""First half of the advisory lock that makes attempts of a series count up; then its id."""

_SERIES = (
    "(SELECT id FROM series WHERE exchange = %s AND symbol = %s AND timeframe = %s AND kind = %s)"
)
_PROFILE = "(SELECT id FROM profile WHERE hash = %s)"
_INSERT_VOTES = (
    "INSERT INTO vote (series_id, as_of, available_at, origin, action, score, dissent, "  # noqa: S608
    "participation, degraded, snapshot_hash, profile_id, attempt) "
    "SELECT given.series_id, given.as_of, available_at, origin, action, score, dissent, "
    "participation, degraded, snapshot_hash, profile.id, 1 + coalesce((SELECT max(attempt) "
    "FROM vote WHERE vote.series_id = given.series_id AND vote.profile_id = profile.id "
    "AND vote.as_of = given.as_of), 0) "
    "FROM (VALUES %s) AS given (series_id, profile_hash, as_of, available_at, origin, action, "
    "score, dissent, participation, degraded, snapshot_hash) "
    f"JOIN profile ON profile.hash = profile_hash RETURNING series_id, {VOTE_COLUMNS}"
)


class Ledger:
    """Adds votes and reads them back.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._store = CandleStore(database)
        self._series_ids: dict[SeriesKey, int] = {}

    def record(self, decisions: Sequence[Decision], profile: Profile) -> tuple[LedgerVote, ...]:
        """Append decisions of one profile, all or none, in one transaction; return them as kept.

        Raises
        ------
        DataError
            A question appears twice, or a value contradicts the schema.
        TransientError
            The database is away.
        """
        if not decisions:
            return ()
        ids = [self._series_id(decision.question.key) for decision in decisions]
        with self._database.transaction() as cursor:
            ensure_profile(cursor, profile)
            for series_id in sorted(set(ids)):  # sorted: two batches never wait for each other
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK_SPACE, series_id))
            _ensure_snapshots(cursor, (decision.snapshot for decision in decisions))
            votes = _append_votes(cursor, list(zip(ids, decisions, strict=True)), profile)
            _append_ballots(cursor, zip(votes, decisions, strict=True))
        return votes

    def find(self, question: Question, profile_hash: str) -> LedgerVote | None:
        """Return the latest answer of a profile to a question; None when there is none."""
        with self._database.transaction() as cursor:
            cursor.execute(
                f"SELECT {VOTE_COLUMNS} FROM vote "  # noqa: S608
                f"WHERE series_id = {_SERIES} AND profile_id = {_PROFILE} AND as_of = %s "
                "ORDER BY attempt DESC LIMIT 1",
                (*_identity(question.key), profile_hash, question.as_of),
            )
            row = cursor.fetchone()
        return None if row is None else vote_from_row(question.key, profile_hash, row)

    def votes(
        self,
        key: SeriesKey,
        profile_hash: str,
        *,
        timerange: Timerange = Timerange(),  # noqa: B008  # frozen
        limit: int | None = None,
    ) -> tuple[LedgerVote, ...]:
        """Return the latest attempt for each candle of a series, the newest candle first.

        Parameters
        ----------
        key, profile_hash
            Whose votes on what.
        timerange
            Span of candle *close* times.
        limit
            At most so many; None for all.
        """
        with self._database.transaction() as cursor:
            cursor.execute(
                f"SELECT DISTINCT ON (as_of) {VOTE_COLUMNS} FROM vote "  # noqa: S608
                f"WHERE series_id = {_SERIES} AND profile_id = {_PROFILE} "
                "AND as_of >= coalesce(%s::timestamptz, '-infinity') "
                "AND as_of < coalesce(%s::timestamptz, 'infinity') "
                "ORDER BY as_of DESC, attempt DESC LIMIT %s",
                (*_identity(key), profile_hash, timerange.start, timerange.end, limit),
            )
            rows = cursor.fetchall()
        return tuple(vote_from_row(key, profile_hash, row) for row in rows)

    def answered(
        self, key: SeriesKey, profile_hash: str, *, timerange: Timerange
    ) -> dict[Question, str]:
        """Return the questions of a series that have an answer, each with its snapshot's hash.

        As `votes`, but only what tells whether a question is open: a tenth of the work.
        """
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT DISTINCT ON (as_of) as_of, snapshot_hash FROM vote "  # noqa: S608
                f"WHERE series_id = {_SERIES} AND profile_id = {_PROFILE} "
                "AND as_of >= %s AND as_of < %s ORDER BY as_of, attempt DESC",
                (*_identity(key), profile_hash, timerange.start, timerange.end),
            )
            return {Question(key, as_of): snapshot for as_of, snapshot in cursor.fetchall()}

    def get(self, vote_id: int) -> LedgerVote | None:
        """Return the vote with this id; None when there is none."""
        with self._database.transaction() as cursor:
            cursor.execute(
                f"SELECT exchange, symbol, timeframe, kind, hash, {VOTE_COLUMNS} FROM vote "  # noqa: S608
                "JOIN series ON series.id = series_id JOIN profile ON profile.id = profile_id "
                "WHERE vote.id = %s",
                (vote_id,),
            )
            row = cursor.fetchone()
        return None if row is None else vote_from_row(_key(*row[:4]), row[4], row[5:])

    def ballots(self, vote_id: int) -> tuple[Ballot, ...]:
        """Return what each voter said, in the order of the profile; empty for an unknown id."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT document FROM profile "
                "WHERE id = (SELECT profile_id FROM vote WHERE id = %s)",
                (vote_id,),
            )
            found = cursor.fetchone()
            if found is None:
                return ()
            cursor.execute(
                f"SELECT {BALLOT_COLUMNS} FROM opinion WHERE vote_id = %s",  # noqa: S608
                (vote_id,),
            )
            names = [column.name for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        voters = {voter.name: voter for voter in Profile.model_validate(found[0]).voters}
        order = list(voters)
        rows.sort(key=lambda row: order.index(row["voter"]))
        return tuple(ballot_from_row(voters[row["voter"]], row) for row in rows)

    def derivatives_shown(self, snapshot_hashes: Iterable[str]) -> dict[str, Derivatives]:
        """Return what snapshots say of a perpetual besides its candles; others are left out."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT hash, document->'facts' FROM snapshot WHERE hash = ANY(%s)",
                (sorted(set(snapshot_hashes)),),
            )
            found = {hash_: Derivatives.of_facts(facts) for hash_, facts in cursor.fetchall()}
        return {hash_: shown for hash_, shown in found.items() if shown.facts}

    def _series_id(self, key: SeriesKey) -> int:
        if key not in self._series_ids:
            self._series_ids[key] = self._store.ensure(key)
        return self._series_ids[key]


def ensure_profile(cursor: extensions.cursor, profile: Profile) -> None:
    """Keep the profile's document, once for each hash."""
    cursor.execute(
        "INSERT INTO profile (hash, name, document) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (profile.hash, profile.name, profile.model_dump_json()),
    )


def _ensure_snapshots(cursor: extensions.cursor, snapshots: Iterable[Snapshot]) -> None:
    rows = [(s.hash, json.dumps(s.document, allow_nan=False)) for s in snapshots]
    rows.sort()  # one order for all, so that two writers of the same rows never wait in a circle
    execute_values(
        cursor,
        "INSERT INTO snapshot (hash, document) VALUES %s ON CONFLICT DO NOTHING",
        rows,
        page_size=len(rows),
    )


def _append_votes(
    cursor: extensions.cursor, decisions: Sequence[tuple[int, Decision]], profile: Profile
) -> tuple[LedgerVote, ...]:
    """Insert the votes with the next attempt of each question; return them in the given order."""
    rows = [
        (series_id, profile.hash, *row_of_decision(decision)) for series_id, decision in decisions
    ]
    stored = execute_values(
        cursor,
        _INSERT_VOTES,
        rows,
        template="(%s, %s, %s::timestamptz, %s::timestamptz, %s, %s::int2, %s::float8, "
        "%s::float8, %s::float8, %s, %s)",
        page_size=len(rows),
        fetch=True,
    )
    by_question = {(row[0], row[2]): row[1:] for row in stored}
    return tuple(
        vote_from_row(
            decision.question.key,
            profile.hash,
            by_question[series_id, decision.question.as_of],
        )
        for series_id, decision in decisions
    )


def _append_ballots(
    cursor: extensions.cursor, pairs: Iterable[tuple[LedgerVote, Decision]]
) -> None:
    rows = [
        (vote.id, *row_of_ballot(ballot))
        for vote, decision in pairs
        for ballot in decision.consensus.ballots
    ]
    if rows:
        execute_values(
            cursor,
            f"INSERT INTO opinion (vote_id, {BALLOT_COLUMNS}) VALUES %s",  # noqa: S608
            rows,
            page_size=1_000,
        )


def _identity(key: SeriesKey) -> tuple[str, str, str, str]:
    return key.exchange, str(key.pair), key.timeframe.value, key.kind.value


def _key(exchange: str, symbol: str, timeframe: str, kind: str) -> SeriesKey:
    return SeriesKey(exchange, Pair.parse(symbol), Timeframe(timeframe), SeriesKind(kind))
