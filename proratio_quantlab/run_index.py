"""What has been run, without what happened in it: quick to search among tens of thousands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from proratio_core.database import Database
from proratio_core.values import Timerange
from proratio_quantlab.metrics import Metrics
from proratio_quantlab.specification import Specification

__all__ = ["Failure", "RunIndex", "RunSummary"]

_METRICS: Final = frozenset(field.name for field in fields(Metrics))
_SUMMARY: Final = "SELECT specification, metrics, outcome_hash, created_at FROM backtest_run"


@dataclass(frozen=True)
class RunSummary:
    """One stored run without its trades and equity.

    Parameters
    ----------
    specification
        What was run.
    metrics
        Its figures.
    run_hash
        Equal ones are equal outcomes; None for a run stored before this was written down.
    created_at
        When it was stored, UTC.
    """

    specification: Specification
    metrics: Metrics
    run_hash: str | None
    created_at: datetime


@dataclass(frozen=True)
class Failure:
    """A run that raised, and would again: neither the code nor the data has changed.

    Parameters
    ----------
    specification
        What was to be run.
    error
        What was raised, in one line.
    """

    specification: Specification
    error: str


class RunIndex:
    """Searches stored runs and keeps the list of those that failed.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def recent(self, limit: int = 10) -> tuple[RunSummary, ...]:
        """Return the last `limit` runs, newest first."""
        return self._summaries("ORDER BY created_at DESC, id DESC LIMIT %s", (limit,))

    def search(
        self,
        *,
        family: str,
        timerange: Timerange | None = None,
        parameters: Mapping[str, Any] | None = None,
        limit: int = 100,
    ) -> tuple[RunSummary, ...]:
        """Return the runs of a family, newest first.

        Parameters
        ----------
        family
            As `Specification.family` has it.
        timerange
            Only runs over exactly this span.
        parameters
            Only runs in which these were set to these values.
        limit
            No more than so many.
        """
        clause, values = "WHERE family = %s", [family]
        if timerange is not None:
            clause, values = f"{clause} AND timerange = %s", [*values, str(timerange)]
        if parameters:
            clause = f"{clause} AND specification->'parameters' @> %s::jsonb"
            values = [*values, json.dumps(dict(parameters))]
        return self._summaries(
            f"{clause} ORDER BY created_at DESC, id DESC LIMIT {int(limit)}", tuple(values)
        )

    def find(self, hashes: Iterable[str]) -> dict[str, RunSummary]:
        """Return the runs of exactly these specifications, as far as there are any."""
        found = self._summaries("WHERE specification_hash = ANY(%s)", (list(hashes),))
        return {summary.specification.hash: summary for summary in found}

    def stored(self, hashes: Iterable[str]) -> set[str]:
        """Return which of these specifications have a result."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT specification_hash FROM backtest_run WHERE specification_hash = ANY(%s)",
                (list(hashes),),
            )
            return {name for (name,) in cursor.fetchall()}

    def tried(self, family: str, timerange: Timerange) -> npt.NDArray[np.float64]:
        """Return the Sharpe ratio of each distinct outcome of a family over one span, shape (n,).

        What the deflated Sharpe ratio has to know: everything that was tried on the same candles,
        however long ago and with whatever code. Equal outcomes are one trial. A run whose ratio
        is not defined (without trades, say) was tried as well and counts as 0.

        Returns
        -------
        numpy.ndarray
            Annualised over 365 days, as in `Metrics.sharpe`.
        """
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT min(coalesce(sharpe, 0)) FROM backtest_run WHERE family = %s AND "
                "timerange = %s GROUP BY coalesce(outcome_hash, specification_hash)",
                (family, str(timerange)),
            )
            return np.sort(np.array([row[0] for row in cursor.fetchall()], np.float64))

    def daily_returns(self, hashes: Iterable[str]) -> dict[str, npt.NDArray[np.float64]]:
        """Return the wallet's daily returns of these runs, shape (days,), as far as there are any.

        They are those of `metrics.daily_returns`, read without trades and equity.
        """
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT specification_hash, daily_returns FROM backtest_run "
                "WHERE specification_hash = ANY(%s)",
                (list(hashes),),
            )
            rows = cursor.fetchall()
        return {
            name: np.frombuffer(stored, "<f8").astype(np.float64)
            for name, stored in rows
            if stored is not None
        }

    def record_failure(self, failure: Failure) -> None:
        """Keep that this run raised; a later result of the same specification removes it."""
        specification = failure.specification
        with self._database.transaction() as cursor:
            cursor.execute(
                "INSERT INTO backtest_failure (specification_hash, family, specification, error) "
                "VALUES (%s, %s, %s, %s) ON CONFLICT (specification_hash) "
                "DO UPDATE SET failed_at = now(), error = excluded.error",
                (
                    specification.hash,
                    specification.family,
                    json.dumps(specification.to_json(), allow_nan=False),
                    failure.error.replace("\0", ""),
                ),
            )

    def failures(self, hashes: Iterable[str]) -> dict[str, Failure]:
        """Return which of these specifications failed when they were last run."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT specification_hash, specification, error FROM backtest_failure "
                "WHERE specification_hash = ANY(%s)",
                (list(hashes),),
            )
            rows = cursor.fetchall()
        return {
            name: Failure(Specification.from_json(document), error)
            for name, document, error in rows
        }

    def _summaries(self, clause: str, values: tuple[object, ...]) -> tuple[RunSummary, ...]:
        with self._database.transaction() as cursor:
            cursor.execute(
                f"{_SUMMARY} {clause}",  # a literal of this class
                values,
            )
            rows = cursor.fetchall()
        return tuple(
            RunSummary(
                Specification.from_json(specification), _metrics_of(metrics), outcome, created_at
            )
            for specification, metrics, outcome, created_at in rows
        )


def _metrics_of(document: dict[str, Any]) -> Metrics:
    """Return the stored figures; those a later version added are at their defaults."""
    return Metrics(**{name: value for name, value in document.items() if name in _METRICS})
