"""Questions on their way to the panel: rows a trading process adds and a service takes.

A question carries the very candles its asker saw. It is added once however often it is submitted,
taken by one service at a time (`SKIP LOCKED`), and settled once. A service holds a *seat*, an
advisory lock of its session, as long as it lives: what a dead one had taken is free again at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import numpy as np
from psycopg2 import extensions

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import DataError, TransientError
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe
from proratio_signals.derivatives import Derivatives
from proratio_signals.facts import Candles
from proratio_signals.ledger import ensure_profile
from proratio_signals.profile import Profile
from proratio_signals.questions import Question
from proratio_signals.records import VOTE_COLUMNS, LedgerVote, vote_from_row
from proratio_signals.snapshot import WINDOW_CANDLES, Snapshot

__all__ = ["CHANNEL", "Claim", "Inquiry", "QuestionQueue", "Reply", "State", "new_seat", "sit_down"]

CHANNEL: Final = "proratio_question"
"""Where PostgreSQL tells of new questions."""

_SEATS: Final = 5_003
"""First half of the advisory lock of a service; the second is its seat."""
_DERIVATIVES_BYTES: Final = len(Derivatives().encoded)
_SILENT_CYCLES: Final = 3
"""So many questions in a row without a single answer are an outage: safe mode."""

_PROFILE = "(SELECT id FROM profile WHERE hash = %(profile)s)"
_FREE = (
    "(state = 'open' OR state = 'claimed' AND NOT EXISTS (SELECT FROM pg_locks "  # noqa: S608  # our own constant
    f"WHERE locktype = 'advisory' AND classid = {_SEATS} AND objid = claimed_by::oid "
    "AND objsubid = 2 AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))"
)
"""Nobody who lives is at it."""


_SILENT: Final = (
    f"SELECT count(*) = {_SILENT_CYCLES} AND bool_and(state = 'failed') AS silent "  # noqa: S608  # our own constants
    f"FROM (SELECT state FROM question WHERE profile_id = {_PROFILE} "
    "AND settled_at IS NOT NULL AND state IN ('answered', 'failed') "
    f"ORDER BY settled_at DESC LIMIT {_SILENT_CYCLES}) AS last"
)
_STANDING: Final = (
    f"SELECT silent, asked.* FROM ({_SILENT}) AS recent LEFT JOIN ("  # noqa: S608
    "SELECT question.id AS number, state, coalesce(detail, ''), exchange, symbol, timeframe, kind, "
    f"{VOTE_COLUMNS} FROM question JOIN series ON series.id = question.series_id "
    "LEFT JOIN LATERAL (SELECT * FROM vote AS given "
    "WHERE given.series_id = question.series_id AND given.as_of = question.as_of "
    "AND given.profile_id = question.profile_id AND given.snapshot_hash = question.snapshot_hash "
    "ORDER BY attempt DESC LIMIT 1) AS vote ON true WHERE question.id = ANY(%(ids)s)"
    ") AS asked ON true"
)
"""One row a question, or one without any: first whether the last ones went unanswered."""


class State(StrEnum):
    """How far a question has come."""

    OPEN = "open"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a trading process wants to know.

    Parameters
    ----------
    snapshot
        The candles it saw, all closed.
    valid_until
        From when on the answer is of no use, timezone-aware.
    """

    snapshot: Snapshot
    valid_until: datetime

    @property
    def question(self) -> Question:
        """Which candle it is about."""
        return Question(self.snapshot.key, self.snapshot.as_of)


@dataclass(frozen=True, slots=True)
class Claim:
    """A question somebody has taken; `candles` are the asker's, as bytes, and what it knew more."""

    id: int
    question: Question
    valid_until: datetime
    snapshot_hash: str
    candles: bytes

    def snapshot(self) -> Snapshot:
        """Return the asker's snapshot.

        Raises
        ------
        DataError
            It is not what its hash says: another version of the program asked.
        """
        shape = (len(Candles._fields), WINDOW_CANDLES)
        size = 8 * shape[0] * shape[1]
        if len(self.candles) in (size, size + _DERIVATIVES_BYTES):
            columns = np.frombuffer(self.candles[:size], "<f8").astype(np.float64)
            candles, more = Candles(*columns.reshape(shape)), self.candles[size:]
            derivatives = Derivatives.decoded(more) if more else None
            snapshot = Snapshot(self.question.key, self.question.as_of, candles, derivatives)
            if snapshot.hash == self.snapshot_hash:
                return snapshot
        raise DataError(
            f"{self.question}: the candles do not give the snapshot {self.snapshot_hash[:12]} they "
            "were sent as; run the same version of Proratio in the bot and in the service"
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """How a question stands; `vote` is the latest on the very candles that were sent."""

    state: State
    detail: str
    vote: LedgerVote | None


class QuestionQueue:
    """Adds, takes and settles the questions of one profile.

    Parameters
    ----------
    database
        Where they are kept. Every method raises TransientError when it is away.
    profile
        Who is to answer.
    """

    def __init__(self, database: Database, profile: Profile) -> None:
        self._database = database
        self._profile = profile
        self._store = CandleStore(database)
        self._series_ids: dict[SeriesKey, int] = {}

    def submit(self, inquiry: Inquiry) -> int:
        """Add a question, unless it is there already, and wake a service; return its id."""
        snapshot = inquiry.snapshot
        series_id = self._series_id(snapshot.key)
        identity = {
            "series": series_id,
            "profile": self._profile.hash,
            "as_of": snapshot.as_of,
            "hash": snapshot.hash,
        }
        with self._database.transaction() as cursor:
            ensure_profile(cursor, self._profile)
            cursor.execute(
                "INSERT INTO question "  # noqa: S608
                "(series_id, profile_id, as_of, snapshot_hash, candles, valid_until) "
                f"VALUES (%(series)s, {_PROFILE}, %(as_of)s, %(hash)s, %(candles)s, %(until)s) "
                "ON CONFLICT DO NOTHING",
                {
                    **identity,
                    "candles": _encoded(snapshot),
                    "until": inquiry.valid_until,
                },
            )
            cursor.execute(f"NOTIFY {CHANNEL}")
            cursor.execute(
                "SELECT id FROM question WHERE series_id = %(series)s AND as_of = %(as_of)s "  # noqa: S608
                f"AND profile_id = {_PROFILE} AND snapshot_hash = %(hash)s",
                identity,
            )
            (number,) = cursor.fetchone() or (0,)
        return int(number)

    def replies(self, ids: Collection[int]) -> Mapping[int, Reply]:
        """Return how questions stand, by id; one query however many."""
        return self.standing(ids)[0]

    def standing(self, ids: Collection[int]) -> tuple[Mapping[int, Reply], bool]:
        """Return how questions stand, by id, and whether no voter answers any more.

        One round trip, because the trading loop waits for it.
        """
        if not ids:
            return {}, self.is_silent()
        with self._database.statement() as cursor:
            cursor.execute(_STANDING, {"ids": list(ids), "profile": self._profile.hash})
            rows = cursor.fetchall()
        replies = {
            number: Reply(
                State(state),
                detail,
                None if row[0] is None else vote_from_row(_key(*key), self._profile.hash, row),
            )
            for _, number, state, detail, *key, row in ((*r[:8], r[8:]) for r in rows)
            if number is not None
        }
        return replies, bool(rows[0][0])

    def claim(self, seat: int, *, limit: int, now: datetime) -> tuple[Claim, ...]:
        """Take at most `limit` questions nobody is at, the newest candle first; drop the late."""
        given = {"profile": self._profile.hash, "seat": seat, "limit": limit, "now": now}
        with self._database.transaction() as cursor:
            cursor.execute(
                "UPDATE question SET state = 'expired', settled_at = %(now)s, "  # noqa: S608
                "detail = 'nobody answered while the answer was of use' "
                f"WHERE profile_id = {_PROFILE} AND valid_until <= %(now)s AND {_FREE}",
                given,
            )
            cursor.execute(
                "UPDATE question SET state = 'claimed', claimed_at = %(now)s, "  # noqa: S608
                "claimed_by = %(seat)s FROM series WHERE series.id = series_id "
                f"AND question.id IN (SELECT id FROM question WHERE profile_id = {_PROFILE} "
                f"AND valid_until > %(now)s AND {_FREE} "
                "ORDER BY as_of DESC, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) "
                "RETURNING question.id, exchange, symbol, timeframe, kind, as_of, valid_until, "
                "snapshot_hash, candles",
                given,
            )
            rows = cursor.fetchall()
        return tuple(
            Claim(number, Question(_key(*key), as_of), until, snapshot_hash, bytes(candles))
            for number, *key, as_of, until, snapshot_hash, candles in rows
        )

    def settle(self, claim: Claim, state: State, *, now: datetime, detail: str = "") -> None:
        """Say what became of a question."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "UPDATE question SET state = %s, settled_at = %s, detail = %s "
                "WHERE id = %s AND state = 'claimed'",
                (state.value, now, detail or None, claim.id),
            )

    def release(self, claims: Collection[Claim]) -> None:
        """Give back questions that were taken and not answered, and wake another service."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "UPDATE question SET state = 'open', claimed_at = NULL, claimed_by = NULL "
                "WHERE id = ANY(%s) AND state = 'claimed'",
                ([claim.id for claim in claims],),
            )
            cursor.execute(f"NOTIFY {CHANNEL}")

    def is_silent(self) -> bool:
        """Return whether the last three questions went without a single voter's answer."""
        with self._database.statement() as cursor:
            cursor.execute(_SILENT, {"profile": self._profile.hash})
            (silent,) = cursor.fetchone() or (False,)
        return bool(silent)

    def _series_id(self, key: SeriesKey) -> int:
        if key not in self._series_ids:
            self._series_ids[key] = self._store.ensure(key)
        return self._series_ids[key]


def _encoded(snapshot: Snapshot) -> bytes:
    more = b"" if snapshot.derivatives is None else snapshot.derivatives.encoded
    return np.stack(snapshot.candles).astype("<f8").tobytes() + more


def new_seat() -> int:
    """Return a number for a service; two never share one."""
    return 1 + secrets.randbelow(2**31 - 1)


def sit_down(connection: extensions.connection, seat: int) -> None:
    """Take a seat for as long as `connection` lives.

    A service that comes back on a new connection shares the seat with its old one, which the server
    may not have missed yet.

    Raises
    ------
    TransientError
        The seat is somebody else's alone, which only happens by hand.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock_shared(%s, %s)", (_SEATS, seat))
        (taken,) = cursor.fetchone() or (False,)
    if not taken:
        raise TransientError(f"seat {seat} is locked by another program; start the service again")


def _key(exchange: str, symbol: str, timeframe: str, kind: str) -> SeriesKey:
    return SeriesKey(exchange, Pair.parse(symbol), Timeframe(timeframe), SeriesKind(kind))
