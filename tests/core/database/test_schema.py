"""What the tables themselves refuse, whoever writes."""

from __future__ import annotations

import pytest

from proratio_core.database import Database
from proratio_core.database.schema import metadata
from proratio_core.errors import DataError

_SERIES = (
    "INSERT INTO series (exchange, symbol, timeframe, kind) "
    "VALUES ('binance', 'BTC/USDT', '1h', 'candle')"
)


def test_every_time_carries_its_zone() -> None:
    times = [
        column
        for table in metadata.tables.values()
        for column in table.columns
        if "TIMESTAMP" in str(column.type).upper() or "DATETIME" in str(column.type).upper()
    ]
    assert times
    assert all(column.type.timezone for column in times)


def test_series_is_unique_by_its_name(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute(_SERIES)
    with pytest.raises(DataError, match="duplicate key"), database.transaction() as cursor:
        cursor.execute(_SERIES)


@pytest.mark.parametrize("table", ["candle", "funding_rate"])
def test_values_of_the_bulk_tables_are_never_null(table: str) -> None:
    assert not any(column.nullable for column in metadata.tables[table].columns)


def test_gap_must_not_end_before_it_begins(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute(_SERIES)
    with pytest.raises(DataError, match="ck_gap_order"), database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO gap (series_id, first_open_time, last_open_time, reason) "
            "SELECT id, '2024-01-02Z', '2024-01-01Z', 'x' FROM series"
        )
