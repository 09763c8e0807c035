"""From what a person types to a stored run: a hash, the beginning of one, or a strategy's name."""

from __future__ import annotations

import re
from typing import Final

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_quantlab.results import BacktestResult, ResultStore
from proratio_quantlab.run_index import RunIndex
from proratio_quantlab.specification import UNGATED, Specification

__all__ = ["find_pair", "find_run"]

_HASH: Final = re.compile(r"[0-9a-f]{6,64}")
_LISTED: Final = 8

_FIND: Final = "SELECT specification_hash FROM backtest_run WHERE "
_NEWEST: Final = " ORDER BY created_at DESC, id DESC LIMIT 2"


def find_run(
    database: Database, named: str, *, beside: Specification | None = None
) -> BacktestResult:
    """Return the stored run that `named` means.

    Parameters
    ----------
    database
        Where runs are kept.
    named
        The hash of a specification or of an outcome, at least its first six characters; or a
        strategy's name, with `@PROFILE` for its runs with that profile (`@none` is ungated). A
        name means the newest run.
    beside
        A name means the newest run on the candles and over the range of this one, if there is any.

    Raises
    ------
    DataError
        Nothing is meant by it, or more than one run.
    """
    name, _, profile = named.partition("@")
    found: list[str] = []
    if beside is not None:
        found = _by_name(database, name, profile, beside=beside)
    found = found or _by_name(database, name, profile)
    if not found and _HASH.fullmatch(named.lower()):
        found = _by_hash(database, named.lower())
        if len(found) > 1:
            raise DataError(f"more than one run begins with {named}: {', '.join(found)}")
    result = ResultStore(database).find(found[0]) if found else None
    if result is None:
        raise DataError(f"no stored run is meant by '{named}'; {_known(database)}")
    return result


def find_pair(database: Database, first: str, second: str) -> tuple[BacktestResult, BacktestResult]:
    """Return two stored runs, the second on the candles of the first where only named.

    Raises
    ------
    DataError
        As for `find_run`.
    """
    ours = find_run(database, first)
    return ours, find_run(database, second, beside=ours.specification)


def _by_hash(database: Database, beginning: str) -> list[str]:
    like = f"{beginning}%"
    clause = "specification_hash LIKE %s OR outcome_hash LIKE %s"
    return _hashes(database, clause, (like, like))


def _by_name(
    database: Database, name: str, profile: str, *, beside: Specification | None = None
) -> list[str]:
    clause, values = "strategy = %s", [name]
    if profile:
        clause += " AND coalesce(specification->>'profile', %s) = %s"
        values += [UNGATED, profile]
    if beside is not None:
        clause += " AND family = %s AND timerange = %s AND specification_hash <> %s"
        values += [
            beside.family.replace(beside.strategy, name, 1),
            str(beside.timerange),
            beside.hash,
        ]
    return _hashes(database, clause, tuple(values))


def _hashes(database: Database, clause: str, values: tuple[str, ...]) -> list[str]:
    with database.transaction() as cursor:
        cursor.execute(f"{_FIND}{clause}{_NEWEST}", values)
        return [row[0] for row in cursor.fetchall()]


def _known(database: Database) -> str:
    """Return what there is to choose from, or how to get something."""
    runs = RunIndex(database).recent(_LISTED)
    if not runs:
        return "none is stored yet: run `proratio backtest STRATEGY` first"
    lines = (
        f"{run.specification.hash[:12]} {run.specification.strategy}"
        f"@{run.specification.profile or UNGATED} {run.specification.exchange} "
        f"{run.specification.timerange}"
        for run in runs
    )
    return f"the newest are: {'; '.join(lines)}"
