"""Candles in PostgreSQL: the single source of truth.

Rows after the last stored one are appended; rows at or before it are merged, so that only what
differs is written. Both happen in one transaction under a lock per series. A write that changed
anything bumps the series' version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd
from psycopg2 import extensions

from proratio_core.candles.frame import breach_of, columns_of, make_frame, open_times_ms
from proratio_core.candles.series_table import Rows, SeriesTable
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange

__all__ = ["CandleStore", "Extent", "StoredSeries", "WriteResult"]

_LOCK_SPACE = 5_001
"""First half of the advisory lock's key; the second is the series id."""


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """What the store knows of a series without reading its rows.

    `version` counts the writes that changed anything; `rewritten_version` is the version of the
    last write that changed or inserted rows before the newest one.
    """

    key: SeriesKey
    id: int
    version: int
    rewritten_version: int


@dataclass(frozen=True, slots=True)
class WriteResult:
    """How many rows a write inserted, changed and found equal, and the version after it."""

    inserted: int
    updated: int
    unchanged: int
    version: int


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the rows of a series reach."""

    rows: int
    first_open_time: datetime
    last_open_time: datetime


class CandleStore:
    """Reads and writes series.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def database(self) -> Database:
        """Where they are kept."""
        return self._database

    def write(self, key: SeriesKey, frame: pd.DataFrame) -> WriteResult:
        """Insert the rows of `frame`, replacing stored rows that differ; all of it or nothing.

        Parameters
        ----------
        key
            The series; created when new.
        frame
            A candle frame (see `frame.py`); unfinished candles must have been dropped.

        Raises
        ------
        DataError
            It is no candle frame: other columns or types, NaN, infinity, open times not ascending.
        TransientError
            The database is away or the series is locked for too long.
        """
        return self._write(key, frame, replace=False)

    def replace(self, key: SeriesKey, frame: pd.DataFrame) -> WriteResult:
        """Do as `write`, and delete the stored rows outside the span of `frame`.

        Deleted rows count as updated.

        Raises
        ------
        DataError
            The frame is empty, or as for `write`.
        """
        if frame.empty:
            raise DataError(f"{key}: an empty frame replaces nothing; pass at least one candle")
        return self._write(key, frame, replace=True)

    def read(self, key: SeriesKey, timerange: Timerange = Timerange()) -> pd.DataFrame:  # noqa: B008
        """Return the candle frame of a series inside `timerange`; empty when nothing is stored."""
        conditions, parameters = _bounds(timerange)
        with self._database.transaction() as cursor:
            series_id = _series_id(cursor, key)
            rows = SeriesTable(cursor, key.kind, series_id).read(conditions, parameters)
        return make_frame(rows.times_ms, dict(zip(columns_of(key.kind), rows.columns, strict=True)))

    def series(self, *, exchange: str | None = None) -> tuple[StoredSeries, ...]:
        """Return every stored series, ordered by exchange, symbol, timeframe and kind."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT exchange, symbol, timeframe, kind, id, version, rewritten_version "
                "FROM series WHERE %(exchange)s IS NULL OR exchange = %(exchange)s",
                {"exchange": exchange},
            )
            rows = cursor.fetchall()
        found = (
            StoredSeries(
                SeriesKey(row[0], Pair.parse(row[1]), Timeframe(row[2]), SeriesKind(row[3])),
                *row[4:],
            )
            for row in rows
        )
        return tuple(sorted(found, key=lambda s: _order(s.key)))

    def find(self, keys: Iterable[SeriesKey]) -> dict[SeriesKey, StoredSeries]:
        """Return what is known of `keys`; one query however many; missing ones are left out."""
        wanted = set(keys)
        return {stored.key: stored for stored in self.series() if stored.key in wanted}

    def span(self, key: SeriesKey) -> tuple[datetime, datetime] | None:
        """Return the first and last open time of a series; None when it has no rows."""
        with self._database.transaction() as cursor:
            table = SeriesTable(cursor, key.kind, _series_id(cursor, key))
            cursor.execute(
                f"SELECT min(open_time), max(open_time) FROM {table.name} "  # noqa: S608
                "WHERE series_id = %s",
                (table.series_id,),
            )
            row = cursor.fetchone()
        return None if row is None or row[0] is None else (row[0], row[1])

    def extents(self) -> dict[int, Extent]:
        """Return how far every series reaches, by series id; series without rows are left out."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT series_id, count(*), min(open_time), max(open_time) FROM candle GROUP BY 1 "
                "UNION ALL SELECT series_id, count(*), min(open_time), max(open_time) "
                "FROM funding_rate GROUP BY 1"
            )
            rows = cursor.fetchall()
        return {series_id: Extent(*extent) for series_id, *extent in rows}

    @cached_property
    def identity(self) -> str:
        """Name this very database, so that a file can say which one it was exported from."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "SELECT system_identifier, (SELECT oid FROM pg_database "
                "WHERE datname = current_database()) FROM pg_control_system()"
            )
            cluster, database = cursor.fetchone() or (0, 0)
        return f"{cluster}/{database}"

    def ensure(self, key: SeriesKey) -> int:
        """Return the id of a series, creating it when new."""
        with self._database.transaction() as cursor:
            return _lock_series(cursor, key).id

    def _write(self, key: SeriesKey, frame: pd.DataFrame, *, replace: bool) -> WriteResult:
        rows = _rows(key, frame)
        with self._database.transaction() as cursor:
            series = _lock_series(cursor, key)
            table = SeriesTable(cursor, key.kind, series.id)
            deleted = table.delete_outside(rows) if replace else 0
            newest = table.newest_ms()
            split = 0 if newest is None else int(np.searchsorted(rows.times_ms, newest, "right"))
            inserted, updated = table.merge(rows.take(slice(split)))
            table.append(rows.take(slice(split, None)))
            rewritten = bool(inserted or updated or deleted)
            inserted += len(rows) - split
            changed = bool(inserted or rewritten)
            version = _bump(cursor, series, changed=changed, rewritten=rewritten)
        unchanged = len(rows) - inserted - updated
        return WriteResult(inserted, updated + deleted, unchanged, version)


def _order(key: SeriesKey) -> tuple[str, str, int, str]:
    return key.exchange, str(key.pair), key.timeframe.minutes, key.kind


def _identity(key: SeriesKey) -> tuple[str, str, str, str]:
    return key.exchange, str(key.pair), key.timeframe.value, key.kind.value


def _bounds(timerange: Timerange) -> tuple[str, Sequence[datetime]]:
    conditions, parameters = "", []
    if timerange.start is not None:
        conditions += " AND open_time >= %s"
        parameters.append(timerange.start)
    if timerange.end is not None:
        conditions += " AND open_time < %s"
        parameters.append(timerange.end)
    return conditions, parameters


def _rows(key: SeriesKey, frame: pd.DataFrame) -> Rows:
    breach = breach_of(frame, key.kind)
    if breach is not None:
        raise DataError(f"{key}: {breach}")
    columns = tuple(frame[column].to_numpy() for column in columns_of(key.kind))
    return Rows(open_times_ms(frame), columns)


def _series_id(cursor: extensions.cursor, key: SeriesKey) -> int:
    """Return the id of a series; 0, which no series has, when it is not stored."""
    cursor.execute(
        "SELECT id FROM series WHERE exchange = %s AND symbol = %s AND timeframe = %s "
        "AND kind = %s",
        _identity(key),
    )
    (series_id,) = cursor.fetchone() or (0,)
    return int(series_id)


def _lock_series(cursor: extensions.cursor, key: SeriesKey) -> StoredSeries:
    cursor.execute(
        "INSERT INTO series (exchange, symbol, timeframe, kind) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        _identity(key),
    )
    series_id = _series_id(cursor, key)
    cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCK_SPACE, series_id))
    cursor.execute("SELECT version, rewritten_version FROM series WHERE id = %s", (series_id,))
    version, rewritten = cursor.fetchone() or (0, 0)
    return StoredSeries(key, series_id, version, rewritten)


def _bump(
    cursor: extensions.cursor, series: StoredSeries, *, changed: bool, rewritten: bool
) -> int:
    if not changed:
        return series.version
    version = series.version + 1
    cursor.execute(
        "UPDATE series SET version = %s, rewritten_version = %s WHERE id = %s",
        (version, version if rewritten else series.rewritten_version, series.id),
    )
    return version
