"""Rows of `batch` and of its calls in `spending`: what was prepared, sent, answered, and is open.

The order of writing makes every kill harmless. Money is reserved before anything is sent; `sent_at`
is written before the provider is told to start, so a batch without it was never seen by anybody;
`remote_id` is written when the reply came, so a batch that has the one and not the other may exist
and is looked for. A call is settled once, however often its results are read.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from psycopg2 import extensions
from psycopg2.extras import execute_values

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_signals.calls import UNANSWERED, Call, Settlement
from proratio_signals.caps import Caps, Refused
from proratio_signals.reservations import (
    Found,
    Previous,
    latest_calls,
    open_book,
    review,
    settle,
)

__all__ = ["Batch", "BatchRows", "Prepared", "Wish", "batches_under_way"]

_COLUMNS: Final = "id, name, voter, provider, model, day, calls, sent_at, remote_id"


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch whose calls are not all settled.

    Parameters
    ----------
    id, name
        Ours.
    voter, provider, model
        Who is asked.
    day
        Whose money and whose prices.
    calls
        How many.
    sent_at
        Just before it was sent; None when nobody ever saw it.
    remote_id
        The provider's name for it; None until its reply came.
    """

    id: int
    name: str
    voter: str
    provider: str
    model: str
    day: date
    calls: int
    sent_at: datetime | None
    remote_id: str | None


@dataclass(frozen=True, slots=True)
class Wish:
    """A call that shall go into a batch, and the seat it is for."""

    call: Call
    voter: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What became of wishes.

    Parameters
    ----------
    batches
        Those with money, with the keys of their calls.
    found
        By key, what speaks against asking now: it is paid for, under way, or lost.
    refused
        The first call that the money does not cover; those after it were not tried.
    """

    batches: Mapping[Batch, tuple[str, ...]]
    found: Mapping[str, Found]
    refused: Refused | None


class BatchRows:
    """The batches of one profile.

    Parameters
    ----------
    database
        Where they are kept.
    caps
        What may be spent.
    profile_hash
        For whom.
    clock
        Which day it is.
    """

    def __init__(self, database: Database, caps: Caps, *, profile_hash: str, clock: Clock) -> None:
        self._database = database
        self._caps = caps
        self._profile_hash = profile_hash
        self._clock = clock

    def prepare(self, wishes: Sequence[Wish]) -> Prepared:
        """Reserve money for wishes, in their order and as far as it goes, a batch a voter.

        Raises
        ------
        TransientError
            The database is away; nothing was reserved.
        """
        found: dict[str, Found] = {}
        granted: dict[str, list[Call]] = {}
        refused: Refused | None = None
        now = self._clock.now()
        with self._database.transaction() as cursor:
            book = open_book(cursor, now)
            previous = latest_calls(cursor, [wish.call.key for wish in wishes])
            for wish in wishes:
                call = wish.call
                if (verdict := review(previous.get(call.key), now)) is not None:
                    found[call.key] = verdict
                    continue
                refused = book.take(
                    call.worst_case_usd,
                    provider=call.provider,
                    profile_hash=self._profile_hash,
                    caps=self._caps,
                )
                if refused is not None:
                    break
                granted.setdefault(wish.voter, []).append(call)
            batches = {
                self._insert(cursor, voter, calls, previous=previous, now=now): tuple(
                    call.key for call in calls
                )
                for voter, calls in granted.items()
            }
        return Prepared(batches, found, refused)

    def sending(self, batch: Batch) -> None:
        """Say that the provider is about to be told; from here on the batch may exist."""
        self._write("UPDATE batch SET sent_at = %s WHERE id = %s", self._clock.now(), batch.id)

    def sent(self, batch: Batch, remote_id: str) -> None:
        """Keep the provider's name for a batch."""
        self._write("UPDATE batch SET remote_id = %s WHERE id = %s", remote_id, batch.id)

    def open(self) -> tuple[Batch, ...]:
        """Return the batches that have not ended, the oldest first."""
        return batches_under_way(self._database, self._profile_hash)

    def unsettled(self, batch: Batch) -> Mapping[str, tuple[int, float]]:
        """Return the calls without a result by their key: id and reserved US dollars."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT call_key, id, reserved_usd FROM spending "
                "WHERE batch_id = %s AND settled_usd IS NULL",
                (batch.id,),
            )
            return {key: (number, usd) for key, number, usd in cursor.fetchall()}

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Keep results, all or none."""
        if settlements:
            with self._database.transaction() as cursor:
                settle(cursor, settlements, self._clock.now())

    def end(self, batch: Batch, *, charged: bool, detail: str) -> int:
        """End a batch; return how many of its calls have no result.

        Parameters
        ----------
        charged
            Whether those may have been carried out all the same, and stay charged in full.
        detail
            How the batch ended.
        """
        now = self._clock.now()
        amount = "reserved_usd" if charged else "0"
        with self._database.transaction() as cursor:
            cursor.execute(
                f"UPDATE spending SET settled_usd = {amount}, outcome = %s, settled_at = %s "  # noqa: S608
                "WHERE batch_id = %s AND settled_usd IS NULL",
                ("MISSING" if charged else UNANSWERED, now, batch.id),
            )
            missing = cursor.rowcount
            cursor.execute(
                "UPDATE batch SET ended_at = %s, detail = %s WHERE id = %s",
                (now, detail, batch.id),
            )
        return missing

    def latest(self, keys: Iterable[str]) -> Mapping[str, Previous]:
        """Return the latest call of each key that was ever reserved."""
        with self._database.transaction() as cursor:
            return latest_calls(cursor, list(keys))

    def _insert(
        self,
        cursor: extensions.cursor,
        voter: str,
        calls: Sequence[Call],
        *,
        previous: Mapping[str, Previous],
        now: datetime,
    ) -> Batch:
        first = calls[0]
        cursor.execute(
            "INSERT INTO batch (name, profile_hash, voter, provider, model, day, calls, "  # noqa: S608
            f"prepared_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING {_COLUMNS}",
            (
                *(f"proratio-{uuid.uuid4().hex}", self._profile_hash, voter),
                *(first.provider, first.model, now.date(), len(calls), now),
            ),
        )
        row = cursor.fetchone()
        if row is None:  # pragma: no cover  # PostgreSQL returns the row or raises
            raise AssertionError
        batch = Batch(*row)
        rows = [
            (
                *(call.key, previous[call.key].attempt + 1 if call.key in previous else 1),
                *(now.date(), call.provider, call.model, self._profile_hash),
                *(call.worst_case_usd, now, now + timedelta(seconds=call.lease_s), batch.id),
            )
            for call in calls
        ]
        execute_values(
            cursor,
            "INSERT INTO spending (call_key, attempt, day, provider, model, profile_hash, "
            "reserved_usd, reserved_at, lease_until, batch_id) VALUES %s",
            rows,
            page_size=1_000,
        )
        return batch

    def _write(self, statement: str, *values: Any) -> None:
        with self._database.transaction() as cursor:
            cursor.execute(statement, values)


def batches_under_way(database: Database, profile_hash: str) -> tuple[Batch, ...]:
    """Return the batches of a profile that have not ended, the oldest first."""
    with database.transaction() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM batch "  # noqa: S608  # our own constant
            "WHERE profile_hash = %s AND ended_at IS NULL ORDER BY id",
            (profile_hash,),
        )
        return tuple(Batch(*row) for row in cursor.fetchall())
