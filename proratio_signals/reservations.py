"""Rows of `spending`: money set aside before calls, and what the calls came to. No waiting here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from psycopg2 import extensions
from psycopg2.extras import execute_values

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_signals.calls import Call, Settlement, answer_document, answer_from, outcome_of
from proratio_signals.caps import Book, Caps, Entry, Refused
from proratio_signals.opinions import Answer, Usage

__all__ = [
    "Found",
    "InBatch",
    "Lost",
    "Paid",
    "Previous",
    "Reservations",
    "Reserved",
    "UnderWay",
    "latest_calls",
    "open_book",
    "paid_answer",
    "review",
    "settle",
    "settlement_of",
]

_LOCK_SPACE = 5_003
"""First half of the advisory lock under which money is reserved."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """The money is set aside; ask, then settle."""

    id: int
    usd: float


@dataclass(frozen=True, slots=True)
class Paid:
    """Exactly this was asked and paid for before; here is what was said."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Somebody else is asking exactly this at the moment."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A process died today while it asked exactly this; `usd` stays charged for it."""

    usd: float


@dataclass(frozen=True, slots=True)
class InBatch:
    """Exactly this is in a batch whose results have not been fetched."""


Found = Reserved | Paid | UnderWay | Lost | InBatch | Refused
"""What a wish for money comes to."""


class Previous(NamedTuple):
    """The latest row of a call key."""

    attempt: int
    day: date
    lease_until: datetime
    reserved_usd: float
    settled_usd: float | None
    outcome: str | None
    input_tokens: int | None
    output_tokens: int | None
    answer: Mapping[str, Any] | None
    batch_id: int | None


class Reservations:
    """Reserves and settles for one profile, each batch in one transaction.

    Parameters
    ----------
    database
        Where the money is counted.
    caps
        What may be spent.
    profile_hash
        For whom.
    clock
        Which day it is.
    """

    def __init__(self, database: Database, caps: Caps, *, profile_hash: str, clock: Clock) -> None:
        self.profile_hash = profile_hash
        self._database = database
        self._caps = caps
        self._clock = clock

    def commit(self, requests: Sequence[Call | Settlement]) -> list[Found | None]:
        """Settle what is to be settled, then reserve; return what each call found.

        Raises
        ------
        TransientError
            The database is away; nothing of it was done.
        """
        calls = [request for request in requests if isinstance(request, Call)]
        settlements = [request for request in requests if isinstance(request, Settlement)]
        now = self._clock.now()
        with self._database.transaction() as cursor:
            if settlements:
                settle(cursor, settlements, now)
            found = iter(self._reserve(cursor, calls, now) if calls else ())
        return [next(found) if isinstance(request, Call) else None for request in requests]

    def _reserve(
        self, cursor: extensions.cursor, calls: Sequence[Call], now: datetime
    ) -> list[Found]:
        book = open_book(cursor, now)
        previous = latest_calls(cursor, [call.key for call in calls])
        found: list[Found | None] = []
        granted: dict[str, Call] = {}
        for call in calls:
            verdict = review(previous.get(call.key), now)
            if call.key in granted:
                verdict = UnderWay()
            elif verdict is None:
                verdict = self._take(book, call)
                if verdict is None:
                    granted[call.key] = call
            found.append(verdict)
        reserved = self._insert(cursor, granted, previous, now)
        return [verdict or reserved[call.key] for call, verdict in zip(calls, found, strict=True)]

    def _take(self, book: Book, call: Call) -> Refused | None:
        return book.take(
            call.worst_case_usd,
            provider=call.provider,
            profile_hash=self.profile_hash,
            caps=self._caps,
        )

    def _insert(
        self,
        cursor: extensions.cursor,
        granted: Mapping[str, Call],
        previous: Mapping[str, Previous],
        now: datetime,
    ) -> dict[str, Reserved]:
        rows = [
            (
                *(key, previous[key].attempt + 1 if key in previous else 1, now.date()),
                *(call.provider, call.model, self.profile_hash, call.worst_case_usd),
                *(now, now + timedelta(seconds=call.lease_s)),
            )
            for key, call in granted.items()
        ]
        if not rows:
            return {}
        stored = execute_values(
            cursor,
            "INSERT INTO spending (call_key, attempt, day, provider, model, profile_hash, "
            "reserved_usd, reserved_at, lease_until) VALUES %s "
            "RETURNING call_key, id, reserved_usd",
            rows,
            page_size=len(rows),
            fetch=True,
        )
        return {key: Reserved(number, usd) for key, number, usd in stored}


def review(previous: Previous | None, now: datetime) -> Found | None:
    """Return what an earlier call of the same key means; None when asking is right.

    An opinion is never paid for twice. A paid abstention counts for the twins of this call that
    run at the same time, then it may be tried again.
    """
    if previous is None:
        return None
    running = now < previous.lease_until
    if previous.settled_usd is None:
        if previous.batch_id is not None:
            return InBatch()
        if running:
            return UnderWay()
        return Lost(previous.reserved_usd) if previous.day == now.date() else None
    if previous.outcome == "OPINION" or (running and previous.settled_usd > 0):
        answer = paid_answer(previous)
        return None if answer is None else Paid(answer)
    return None


def paid_answer(previous: Previous) -> Answer | None:
    """Return what a settled call came to; None when nothing was said."""
    if previous.answer is None or previous.settled_usd is None:
        return None
    usage = Usage(previous.input_tokens, previous.output_tokens)
    return answer_from(previous.answer, usage, cost_usd=previous.settled_usd)


def latest_calls(cursor: extensions.cursor, keys: Sequence[str]) -> dict[str, Previous]:
    """Return the latest call of each key that was ever reserved."""
    cursor.execute(
        "SELECT DISTINCT ON (call_key) call_key, attempt, day, lease_until, reserved_usd, "
        "settled_usd, outcome, input_tokens, output_tokens, answer, batch_id FROM spending "
        "WHERE call_key = ANY(%s) ORDER BY call_key, attempt DESC",
        (list(keys),),
    )
    return {key: Previous(*rest) for key, *rest in cursor.fetchall()}


def open_book(cursor: extensions.cursor, now: datetime) -> Book:
    """Return the day's charges; nobody else reserves until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", (_LOCK_SPACE,))
    return Book(_entries(cursor, now))


def _entries(cursor: extensions.cursor, now: datetime) -> list[Entry]:
    cursor.execute(
        "SELECT provider, profile_hash, sum(coalesce(settled_usd, reserved_usd)), "
        "coalesce(sum(reserved_usd) FILTER (WHERE settled_usd IS NULL AND lease_until > %s), 0) "
        "FROM spending WHERE day = %s GROUP BY provider, profile_hash",
        (now, now.date()),
    )
    return [Entry(*row) for row in cursor.fetchall()]


def settle(cursor: extensions.cursor, settlements: Sequence[Settlement], now: datetime) -> None:
    """Settle reservations by their id, in one statement; what is settled stays as it is."""
    execute_values(
        cursor,
        "UPDATE spending SET settled_usd = given.usd, outcome = given.outcome, "
        "input_tokens = given.input_tokens, output_tokens = given.output_tokens, "
        "answer = given.answer, settled_at = given.settled_at "
        "FROM (VALUES %s) AS given (id, usd, outcome, input_tokens, output_tokens, answer, "
        "settled_at) WHERE spending.id = given.id AND spending.settled_usd IS NULL",
        [(*settlement, now) for settlement in settlements],
        template="(%s, %s::float8, %s, %s::int4, %s::int4, %s::jsonb, %s::timestamptz)",
        page_size=len(settlements),
    )


def settlement_of(reserved: Reserved, answer: Answer, usd: float) -> Settlement:
    """Return what settles a call that was answered."""
    usage = answer.usage
    return Settlement(
        reserved.id,
        usd,
        outcome_of(answer),
        usage.input_tokens,
        usage.output_tokens,
        answer_document(answer),
    )
