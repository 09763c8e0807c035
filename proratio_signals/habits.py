"""How many tokens answers used so far, read from the ledger."""

from __future__ import annotations

from collections.abc import Mapping

from proratio_core.database import Database
from proratio_signals.estimate import Habit

__all__ = ["read_habits"]

_QUERY = (
    "SELECT provider, model, role, count(*), avg(input_tokens), avg(output_tokens) FROM opinion "
    "WHERE input_tokens IS NOT NULL AND output_tokens IS NOT NULL GROUP BY provider, model, role"
)


def read_habits(database: Database) -> Mapping[tuple[str, str, str], Habit]:
    """Return what answers used on average, by provider, model and role.

    Raises
    ------
    TransientError
        The database is away.
    """
    with database.transaction() as cursor:
        cursor.execute(_QUERY)
        rows = cursor.fetchall()
    return {
        (provider, model, role): Habit(count, float(inputs), float(outputs))
        for provider, model, role, count, inputs, outputs in rows
    }
