"""Transactions: all or nothing, limited in time, with every driver error translated."""

from __future__ import annotations

import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import extensions
from sqlalchemy import text

from proratio_core.database import Database, open_database
from proratio_core.errors import ConfigurationError, DataError, SchemaError, TransientError
from proratio_core.settings import Settings


@pytest.fixture
def table(database: Database) -> Database:
    with database.transaction() as cursor:
        cursor.execute("CREATE TABLE thing (number int PRIMARY KEY)")
    return database


def _count(database: Database) -> int:
    with database.transaction() as cursor:
        cursor.execute("SELECT count(*) FROM thing")
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def test_block_that_ends_is_kept_and_block_that_raises_is_not(table: Database) -> None:
    with table.transaction() as cursor:
        cursor.execute("INSERT INTO thing VALUES (1)")
    with pytest.raises(ZeroDivisionError), table.transaction() as cursor:
        _insert_and_raise(cursor)
    assert _count(table) == 1


def _insert_and_raise(cursor: extensions.cursor) -> None:
    cursor.execute("INSERT INTO thing VALUES (2)")
    raise ZeroDivisionError


def test_times_come_back_in_utc(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("SHOW timezone")
        assert cursor.fetchone() == ("UTC",)


@pytest.mark.parametrize("value", ["1", "'x'", "99999999999"])
def test_refused_value_is_a_data_error(table: Database, value: str) -> None:
    with table.transaction() as cursor:
        cursor.execute("INSERT INTO thing VALUES (1)")
    with (
        pytest.raises(DataError, match="PostgreSQL refused a value"),
        table.transaction() as cursor,
    ):
        cursor.execute(f"INSERT INTO thing VALUES ({value})")


def test_statement_that_takes_too_long_is_transient(database_url: str) -> None:
    hasty = Database(database_url, statement_timeout_ms=50)
    with pytest.raises(TransientError, match="statement timeout"), hasty.transaction() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    hasty.close()


def _insert_and_be_killed(cursor: extensions.cursor, killer: extensions.cursor) -> None:
    cursor.execute("INSERT INTO thing VALUES (1)")
    cursor.execute("SELECT pg_backend_pid()")
    killer.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())
    cursor.execute("INSERT INTO thing VALUES (2)")


def test_connection_killed_in_the_middle_is_transient_and_the_next_one_works(
    table: Database, database_url: str
) -> None:
    other = Database(database_url)
    with (
        pytest.raises(TransientError, match="PostgreSQL did not answer"),
        table.transaction() as cursor,
        other.transaction() as killer,
    ):
        _insert_and_be_killed(cursor, killer)
    other.close()
    assert _count(table) == 0


def test_full_disk_says_so_and_names_the_remedy(table: Database) -> None:
    full = "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$"
    expected = pytest.raises(TransientError, match=r"disk is full.*free some space")
    with expected, table.transaction() as cursor:
        cursor.execute(full)


def test_server_that_is_away_is_transient_and_names_the_setting() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(TransientError, match=r"cannot be reached.*DATABASE_URL"):
        nowhere.transaction().__enter__()


def test_threads_share_a_database_without_sharing_a_connection(table: Database) -> None:
    def insert(number: int) -> None:
        with table.transaction() as cursor:
            cursor.execute("INSERT INTO thing VALUES (%s)", (number,))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(insert, range(40)))
    assert _count(table) == 40


def test_engine_sees_the_same_database(table: Database) -> None:
    with table.engine.begin() as connection:
        connection.execute(text("INSERT INTO thing VALUES (5)"))
    assert _count(table) == 1


def test_url_of_another_database_system_is_refused_without_showing_it() -> None:
    settings = Settings(DATABASE_URL="mysql://user:hunter2@host/name")
    with pytest.raises(ConfigurationError, match="not a PostgreSQL URL") as caught:
        open_database(settings).__enter__()
    assert "hunter2" not in str(caught.value)


def test_database_of_a_newer_schema_is_refused_and_left_alone(
    database: Database, database_url: str
) -> None:
    with database.transaction() as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match=r"schema 9999.*Update Proratio, or point DATABASE_URL"):
        open_database(Settings(DATABASE_URL=database_url)).__enter__()
    with database.transaction() as cursor:
        cursor.execute("SELECT version_num FROM alembic_version")
        assert cursor.fetchone() == ("9999",)


def test_empty_database_is_migrated_on_opening(database: Database, database_url: str) -> None:
    with database.transaction() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    database.close()
    with (
        open_database(Settings(DATABASE_URL=database_url)) as opened,
        opened.transaction() as cursor,
    ):
        cursor.execute("SELECT count(*) FROM candle")
        assert cursor.fetchone() == (0,)


def test_installation_without_a_url_gets_a_server_of_its_own(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents:
        if folder.owner() == tmp_path.owner() and folder.name.startswith("pytest"):
            folder.chmod(0o755)  # run as root, the server is another user
    with (
        open_database(Settings(PRORATIO_USER_DATA=tmp_path)) as database,
        database.transaction() as cursor,
    ):
        cursor.execute("SELECT count(*) FROM series")
        assert cursor.fetchone() == (0,)
    assert (tmp_path / ".proratio" / "postgres" / "PG_VERSION").is_file()


def test_driver_errors_are_never_seen_by_callers(database: Database) -> None:
    closed = (psycopg2.InterfaceError, psycopg2.OperationalError, psycopg2.DataError)
    for error in closed:
        with pytest.raises((TransientError, DataError)) as caught, database.transaction():
            raise error("what the driver says")
        assert isinstance(caught.value.__cause__, error)


def test_settings_of_a_session_hold_for_every_connection(database_url: str) -> None:
    reading = Database(database_url, session={"default_transaction_read_only": "on"})
    with reading.statement() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("on",)
    reading.close()


def test_connections_have_an_end_and_who_waits_too_long_is_told(database_url: str) -> None:
    narrow = Database(database_url, statement_timeout_ms=100, most_connections=1)
    waiting = pytest.raises(TransientError, match=r"every connection .* was in use for 0\.1 s")
    with narrow.statement(), waiting:
        narrow.statement().__enter__()
    with narrow.transaction() as cursor:
        cursor.execute("SELECT 1")
    narrow.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgres:canary",
        "postgresql+psycopg2://me:canary@127.0.0.1:9/db",
        "postgresql://me:canary/more@127.0.0.1:9/db",
        "postgresql://me:17/canary@127.0.0.1:9/db",
        "postgresql://me:more@canary@127.0.0.1:9/db",
        "postgresql://me:canary%zz@127.0.0.1:9/db",
        "postgresql://me:canary@[::1/db",
        "postgresql://me:more@127.0.0.1:9/db?canary=1",
    ],
)
def test_address_that_is_none_is_not_shown_since_a_password_is_in_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL is not an address") as caught:
        Database(url).engine.connect()
    told = "".join(traceback.format_exception(caught.value))
    assert "canary" not in told


def test_server_that_is_away_is_said_without_its_password() -> None:
    password = "canary-4711"
    with pytest.raises(TransientError, match="cannot be reached") as caught:
        Database(f"postgresql://me:{password}@127.0.0.1:9/db").engine.connect()
    assert password not in "".join(traceback.format_exception(caught.value))
