"""Candles in PostgreSQL: the single source of truth.

Rows after the last stored one are appended by COPY; rows at or before it go through a staging
table and a merge that writes only what differs. Both happen in one transaction under a lock per
series. A write that changed anything bumps the series' version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from psycopg2.extensions import cursor as Cursor

from proratio_core.candles.frame import columns_of, make_frame, open_times_ms
from proratio_core.clock import to_ms
from proratio_core.database import CopyLayout, Database, copy_in, copy_out
from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange

__all__ = ["CandleStore", "StoredSeries", "WriteResult"]

_OHLCV = ("open", "high", "low", "close", "volume")
_TABLE = {
    SeriesKind.CANDLE: ("candle", _OHLCV),
    SeriesKind.MARK: ("candle", _OHLCV),
    SeriesKind.FUNDING: ("funding_rate", ("rate_frac",)),
}
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


class CandleStore:
    """Reads and writes series.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, key: SeriesKey, frame: pd.DataFrame) -> WriteResult:
        """Insert the rows of `frame`, replacing stored rows that differ; all of it or nothing.

        Parameters
        ----------
        key
            The series; created when new.
        frame
            A valid candle frame (see `frame.py`); unfinished candles must have been dropped.

        Raises
        ------
        DataError
            The frame holds NaN, infinity or duplicated open times.
        TransientError
            The database is away or the series is locked for too long.
        """
        table, columns = _TABLE[key.kind]
        times = open_times_ms(frame)
        if len(times) > 1 and not (np.diff(times) > 0).all():
            raise DataError(
                f"{key}: open times are not unique and ascending; sort the rows and drop duplicates"
            )
        rows = {
            stored: frame[column].to_numpy(dtype=np.float64)
            for stored, column in zip(columns, columns_of(key.kind), strict=True)
        }
        with self._database.transaction() as cursor:
            series = _lock_series(cursor, key)
            newest = _newest_ms(cursor, table, series.id)
            split = 0 if newest is None else int(np.searchsorted(times, newest, side="right"))
            old = {name: values[:split] for name, values in rows.items()}
            new = {name: values[split:] for name, values in rows.items()}
            inserted, updated = _merge(cursor, table, series.id, times[:split], old)
            _append(cursor, table, series.id, times[split:], new)
            rewritten = bool(inserted or updated)
            inserted += len(times) - split
            version = _bump(cursor, series, changed=inserted + updated > 0, rewritten=rewritten)
        return WriteResult(inserted, updated, len(times) - inserted - updated, version)

    def read(self, key: SeriesKey, timerange: Timerange = Timerange()) -> pd.DataFrame:  # noqa: B008
        """Return the candle frame of a series inside `timerange`; empty when nothing is stored."""
        table, columns = _TABLE[key.kind]
        names = ", ".join(columns)
        conditions, parameters = _bounds(timerange)
        query = (
            f"SELECT open_time, {names} FROM {table} WHERE series_id = "  # noqa: S608
            "(SELECT id FROM series WHERE exchange = %s AND symbol = %s AND timeframe = %s "
            f"AND kind = %s) {conditions} ORDER BY open_time"
        )
        layout = CopyLayout(
            (("open_time", "timestamptz"), *((column, "float8") for column in columns))
        )
        with self._database.transaction() as cursor:
            arrays = copy_out(cursor, query, layout, (*_identity(key), *parameters))
        times = arrays.pop("open_time")
        return make_frame(times, dict(zip(columns_of(key.kind), arrays.values(), strict=True)))

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
        table, _ = _TABLE[key.kind]
        with self._database.transaction() as cursor:
            cursor.execute(
                f"SELECT min(open_time), max(open_time) FROM {table} WHERE series_id = "  # noqa: S608
                "(SELECT id FROM series WHERE exchange = %s AND symbol = %s AND timeframe = %s "
                "AND kind = %s)",
                _identity(key),
            )
            row = cursor.fetchone()
        return None if row is None or row[0] is None else (row[0], row[1])

    def ensure(self, key: SeriesKey) -> int:
        """Return the id of a series, creating it when new."""
        with self._database.transaction() as cursor:
            return _lock_series(cursor, key).id


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


def _lock_series(cursor: Cursor, key: SeriesKey) -> StoredSeries:
    cursor.execute(
        "INSERT INTO series (exchange, symbol, timeframe, kind) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        _identity(key),
    )
    cursor.execute(
        "SELECT id FROM series WHERE exchange = %s AND symbol = %s AND timeframe = %s "
        "AND kind = %s",
        _identity(key),
    )
    (series_id,) = cursor.fetchone() or (None,)
    cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCK_SPACE, series_id))
    cursor.execute("SELECT version, rewritten_version FROM series WHERE id = %s", (series_id,))
    version, rewritten = cursor.fetchone() or (0, 0)
    return StoredSeries(key, int(series_id), version, rewritten)


def _newest_ms(cursor: Cursor, table: str, series_id: int) -> int | None:
    cursor.execute(f"SELECT max(open_time) FROM {table} WHERE series_id = %s", (series_id,))  # noqa: S608
    (newest,) = cursor.fetchone() or (None,)
    return None if newest is None else to_ms(newest)


def _layout(columns: Iterable[str]) -> CopyLayout:
    return CopyLayout(
        (
            ("series_id", "int4"),
            ("open_time", "timestamptz"),
            *((column, "float8") for column in columns),
        )
    )


def _append(
    cursor: Cursor, table: str, series_id: int, times: np.ndarray, rows: dict[str, np.ndarray]
) -> None:
    if len(times):
        values = {"series_id": series_id, "open_time": times, **rows}
        copy_in(cursor, table, _layout(rows), values)


def _merge(
    cursor: Cursor, table: str, series_id: int, times: np.ndarray, rows: dict[str, np.ndarray]
) -> tuple[int, int]:
    """Merge rows at or before the newest stored one; return how many were inserted, updated."""
    if not len(times):
        return 0, 0
    cursor.execute(f"CREATE TEMP TABLE staging (LIKE {table}) ON COMMIT DROP")
    _append(cursor, "staging", series_id, times, rows)
    cursor.execute("ANALYZE staging")
    columns = tuple(rows)
    pairs = ", ".join(f"{column} = staging.{column}" for column in columns)
    stored = ", ".join(f"{table}.{column}" for column in columns)
    staged = ", ".join(f"staging.{column}" for column in columns)
    key = f"{table}.series_id = staging.series_id AND {table}.open_time = staging.open_time"
    cursor.execute(
        f"UPDATE {table} SET {pairs} FROM staging "  # noqa: S608
        f"WHERE {key} AND {table}.series_id = %s AND ({stored}) IS DISTINCT FROM ({staged})",
        (series_id,),
    )
    updated = cursor.rowcount
    cursor.execute(
        f"INSERT INTO {table} SELECT staging.* FROM staging "  # noqa: S608
        f"WHERE NOT EXISTS (SELECT FROM {table} WHERE {key} AND {table}.series_id = %s)",
        (series_id,),
    )
    return cursor.rowcount, updated


def _bump(cursor: Cursor, series: StoredSeries, *, changed: bool, rewritten: bool) -> int:
    if not changed:
        return series.version
    version = series.version + 1
    cursor.execute(
        "UPDATE series SET version = %s, rewritten_version = %s WHERE id = %s",
        (version, version if rewritten else series.rewritten_version, series.id),
    )
    return version
