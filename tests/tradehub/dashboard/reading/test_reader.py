"""Reading for the dashboard: it cannot write, waits for nobody for long, and comes back."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg2
import pytest

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, SchemaError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.dashboard.reading.reader import Reader, rows

CLOCK = FixedClock(datetime(2024, 5, 1, tzinfo=UTC))


def _write(database: Database) -> None:
    with database.statement() as cursor:
        cursor.execute("CREATE TABLE thing (number int)")


def test_reader_reads_and_cannot_write(database_url: str) -> None:
    with Reader(Settings(DATABASE_URL=database_url), CLOCK) as reader:
        assert reader.read(lambda database: rows(database, "SELECT 1, 2")) == ((1, 2),)
        assert reader.has_own_role
        with pytest.raises(TransientError, match="read-only") as caught:
            reader.read(_write)
        assert isinstance(caught.value.__cause__, psycopg2.Error)


def test_rows_have_an_end(database_url: str) -> None:
    with Reader(Settings(DATABASE_URL=database_url), CLOCK) as reader:
        many = "SELECT * FROM generate_series(1, %(most)s)"
        found = reader.read(lambda database: rows(database, many, {"most": 50}, most=7))
    assert len(found) == 7


def test_half_migrated_database_is_said(database_url: str, database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("DROP TABLE equity_mark")
    with (
        Reader(Settings(DATABASE_URL=database_url), CLOCK) as reader,
        pytest.raises(SchemaError, match=r"lacks something .*equity_mark.*proratio doctor"),
    ):
        reader.read(lambda database: rows(database, "SELECT * FROM equity_mark"))


def test_server_that_is_away_is_tried_again_after_a_while() -> None:
    away = Settings(DATABASE_URL="postgresql://127.0.0.1:9/nothing")
    clock = FixedClock(CLOCK.now())
    with Reader(away, clock) as reader:
        with pytest.raises(TransientError, match="cannot be reached") as first:
            reader.read(lambda database: rows(database, "SELECT 1"))
        with pytest.raises(TransientError) as second:
            reader.read(lambda database: rows(database, "SELECT 1"))
        assert first.value is second.value
        clock.sleep(6)
        with pytest.raises(TransientError) as third:
            reader.read(lambda database: rows(database, "SELECT 1"))
        assert third.value is not first.value


def test_url_of_another_system_is_a_mistake_of_the_settings() -> None:
    with (
        Reader(Settings(DATABASE_URL="mysql://x/y"), CLOCK) as reader,
        pytest.raises(ConfigurationError),
    ):
        reader.read(lambda database: rows(database, "SELECT 1"))
