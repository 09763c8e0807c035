"""A borrowed database tells nothing of who had it before."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from tests.database_pool import DatabasePool
from tests.signals.samples import BTC, ETH, candle_frame


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _oid(url: str) -> object:
    return _rows(url, "SELECT oid FROM pg_database WHERE datname = current_database()")


def _rows(url: str, query: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def test_the_next_borrower_finds_no_row_and_counts_from_one(databases: DatabasePool) -> None:
    with databases.borrowed() as first, closing(Database(first)) as database:
        CandleStore(database).write(ETH, candle_frame(5))
        oid = _oid(first)
    with databases.borrowed() as second, closing(Database(second)) as database:
        assert _oid(second) == oid  # it is the same one, emptied
        assert _name(second) != _name(first)
        assert CandleStore(database).series() == ()
        CandleStore(database).write(BTC, candle_frame(5))
        assert CandleStore(database).series()[0].id == 1


def test_append_only_tables_are_emptied_and_stay_append_only(databases: DatabasePool) -> None:
    insert = "INSERT INTO profile (hash, name, document) VALUES ('h', 'n', '{}')"
    with databases.borrowed() as url, closing(psycopg2.connect(url)) as connection:
        connection.cursor().execute(insert)
        connection.commit()
    with databases.borrowed() as url, closing(psycopg2.connect(url)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM profile")
        assert cursor.fetchone() == (0,)
        cursor.execute(insert)
        with pytest.raises(psycopg2.Error, match="append-only"):
            cursor.execute("DELETE FROM profile")


def test_connections_that_were_left_open_are_cut_with_their_locks(
    databases: DatabasePool,
) -> None:
    with databases.borrowed() as url:
        left = psycopg2.connect(url)
        left.cursor().execute("LOCK TABLE candle IN ACCESS EXCLUSIVE MODE")
    with databases.borrowed() as url:
        assert _rows(url, "SELECT count(*) FROM candle") == [(0,)]
    with pytest.raises(psycopg2.OperationalError):
        left.cursor().execute("SELECT 1")
    left.close()


def test_who_comes_late_finds_no_database(databases: DatabasePool) -> None:
    with databases.borrowed() as url:
        pass
    with databases.borrowed(), pytest.raises(psycopg2.OperationalError, match="does not exist"):
        psycopg2.connect(url)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE candle ADD COLUMN surplus int",
        "ALTER TABLE profile DISABLE TRIGGER ALL",
        "CREATE FUNCTION surplus() RETURNS int LANGUAGE sql RETURN 1",
        "DROP SCHEMA public CASCADE",
        "UPDATE alembic_version SET version_num = '0001'",
    ],
)
def test_a_changed_schema_is_thrown_away(databases: DatabasePool, change: str) -> None:
    with databases.borrowed() as url, closing(psycopg2.connect(url)) as connection:
        connection.cursor().execute(change)
        connection.commit()
    with databases.borrowed() as other:
        assert _name(other) != _name(url)
