"""Rows of one series inside a transaction."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.series_table import Rows, SeriesTable
from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_core.values import SeriesKind
from tests.core.candles.candle_frames import FUNDING

HOUR_MS = 3_600_000


def _rows(*hours: int, value: float = 0.5) -> Rows:
    return Rows(np.array(hours, np.int64) * HOUR_MS, (np.full(len(hours), value),))


@pytest.mark.parametrize("kind", SeriesKind)
def test_each_kind_has_a_table_with_its_columns(database: Database, kind: SeriesKind) -> None:
    with database.transaction() as cursor:
        table = SeriesTable(cursor, kind, 1)
        cursor.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}")
        assert cursor.fetchall() == []


def test_merge_tells_inserted_from_updated_and_leaves_the_equal_alone(database: Database) -> None:
    series_id = CandleStore(database).ensure(FUNDING)
    with database.transaction() as cursor:
        table = SeriesTable(cursor, SeriesKind.FUNDING, series_id)
        table.append(_rows(0, 8, 16))
    with database.transaction() as cursor:
        cursor.execute("SELECT xmin::text FROM funding_rate ORDER BY open_time")
        before = cursor.fetchall()
        table = SeriesTable(cursor, SeriesKind.FUNDING, series_id)
        assert table.merge(_rows(0, 8)) == (0, 0)
        mixed = Rows(_rows(0, 4, 8).times_ms, (np.array([0.5, 0.5, 0.7]),))
        assert table.merge(mixed) == (1, 1)
        stored = table.read()
        cursor.execute("SELECT xmin::text FROM funding_rate ORDER BY open_time")
        after = cursor.fetchall()
    assert (stored.times_ms // HOUR_MS).tolist() == [0, 4, 8, 16]
    assert stored.columns[0].tolist() == [0.5, 0.5, 0.7, 0.5]
    assert (after[0], after[3]) == (before[0], before[2])


def test_nothing_is_merged_from_nothing(database: Database) -> None:
    with database.transaction() as cursor:
        assert SeriesTable(cursor, SeriesKind.FUNDING, 1).merge(_rows()) == (0, 0)


def test_rows_of_another_series_are_never_touched(database: Database) -> None:
    with database.transaction() as cursor:
        other, table = (SeriesTable(cursor, SeriesKind.FUNDING, i) for i in (1, 2))
        other.append(_rows(0, 8, 16, value=0.1))
        table.append(_rows(0, 8))
        table.merge(_rows(0, 8, value=0.9))
        assert table.delete_outside(_rows(8)) == 1
        assert other.read().columns[0].tolist() == [0.1] * 3
        assert table.newest_ms() == 8 * HOUR_MS
        assert SeriesTable(cursor, SeriesKind.FUNDING, 3).newest_ms() is None


def test_conditions_narrow_what_is_read(database: Database) -> None:
    with database.transaction() as cursor:
        table = SeriesTable(cursor, SeriesKind.FUNDING, 1)
        table.append(_rows(0, 8, 16))
        found = table.read("AND open_time > %s", (from_ms(8 * HOUR_MS),))
    assert (found.times_ms // HOUR_MS).tolist() == [16]
