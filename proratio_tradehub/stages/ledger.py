"""Which stage an account is in: every step, by whom and why, in PostgreSQL, and never changed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from proratio_core.database import Database

__all__ = ["StageLedger", "StageStep"]


@dataclass(frozen=True, slots=True)
class StageStep:
    """One step.

    Parameters
    ----------
    account
        Whose: the name with the mode `live`.
    stage
        The stage it leads to, 0 for paper.
    reason, by, at
        Why, who took it, and when (UTC).
    plan_hash
        The plan it was taken by.
    checklist
        What was shown: a document for each line.
    id
        Unique for ever.
    """

    account: str
    stage: int
    reason: str
    by: str
    at: datetime
    plan_hash: str
    checklist: Sequence[dict[str, Any]] = ()
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __str__(self) -> str:
        when = f"{self.at:%Y-%m-%d %H:%M:%S} UTC"
        return f"{self.account}: stage {self.stage} by {self.by} at {when}: {self.reason}"


class StageLedger:
    """The table `stage_step`.

    Parameters
    ----------
    database
        Where it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, step: StageStep) -> None:
        """Record a step.

        Raises
        ------
        TransientError
            The database is away.
        """
        with self._database.transaction() as cursor:
            cursor.execute(
                "INSERT INTO stage_step (event_id, account, stage, reason, decided_by, decided_at, "
                "plan_hash, checklist) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    *(step.id, step.account, step.stage, step.reason, step.by, step.at),
                    *(step.plan_hash, json.dumps(list(step.checklist))),
                ),
            )

    def read(self, account: str | None = None) -> tuple[StageStep, ...]:
        """Return the steps of an account, or of all, in the sequence they were recorded.

        Raises
        ------
        TransientError
            The database is away.
        """
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT account, stage, reason, decided_by, decided_at, plan_hash, checklist, "
                "event_id FROM stage_step WHERE %(account)s IS NULL OR account = %(account)s "
                "ORDER BY id",
                {"account": account},
            )
            return tuple(map(_step, cursor.fetchall()))

    def last(self, account: str) -> StageStep | None:
        """Return the step that holds for an account; None when none was ever taken.

        Raises
        ------
        TransientError
            The database is away.
        """
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT account, stage, reason, decided_by, decided_at, plan_hash, checklist, "
                "event_id FROM stage_step WHERE account = %s ORDER BY id DESC LIMIT 1",
                (account,),
            )
            row = cursor.fetchone()
        return None if row is None else _step(row)


def _step(row: Sequence[Any]) -> StageStep:
    account, stage, reason, by, at, plan_hash, checklist, name = row
    return StageStep(account, stage, reason, by, at, plan_hash, tuple(checklist), name)
