"""Tables out and in again, on a real PostgreSQL: the same rows, or nothing at all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO

import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.simulation import store_scenario
from proratio_core.database import Database
from proratio_core.database.schema import HEAD, metadata
from proratio_core.database.transfer import (
    TableCopy,
    copy_tables_out,
    count_rows,
    load_tables,
    other_sessions,
)
from proratio_core.errors import DataError, SchemaError, TransientError
from proratio_core.values import Pair, Timeframe, Timerange

PAIR = Pair.parse("BTC/USDT")


class Shelf(dict[str, bytes]):
    """Copies in memory."""

    @contextmanager
    def sink(self, name: str) -> Iterator[IO[bytes]]:
        file = io.BytesIO()
        yield file
        self[name] = file.getvalue()

    @contextmanager
    def source(self, name: str) -> Iterator[IO[bytes]]:
        yield io.BytesIO(self[name])


@pytest.fixture
def filled(database: Database) -> Database:
    """A database with candles, a vote and its profile, and a halt."""
    timerange = Timerange.parse("20240101-20240110")
    store_scenario(CandleStore(database), [PAIR], [Timeframe.H1], timerange=timerange)
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO profile (hash, name, document) VALUES ('h', 'p', '{\"a\": [1.10, \"é\"]}')"
        )
        cursor.execute("INSERT INTO snapshot VALUES ('s', '{}')")
        cursor.execute(
            "INSERT INTO vote (series_id, profile_id, as_of, available_at, origin, action, score, "
            "dissent, participation, degraded, snapshot_hash) SELECT series.id, profile.id, "
            "'2024-01-02', '2024-01-02', 'live', 1, 0.1 + 0.2, 0, 1, false, 's' "
            "FROM series, profile"
        )
        cursor.execute(
            "INSERT INTO halt_event (event_id, action, reason, decided_by, decided_at, lifts) "
            "VALUES ('e', 'halt', 'a; \"b\" \\N', 'anna', now(), '{x,y}')"
        )
    return database


def _copies(database: Database) -> tuple[Shelf, tuple[TableCopy, ...]]:
    shelf = Shelf()
    return shelf, copy_tables_out(database, shelf.sink)


def test_every_table_is_the_same_elsewhere(filled: Database, elsewhere: Database) -> None:
    shelf, copies = _copies(filled)
    assert {copy.name for copy in copies} == set(metadata.tables)
    load_tables(elsewhere, HEAD, copies, shelf.source)
    assert _copies(elsewhere) == (shelf, copies)
    assert count_rows(elsewhere) == count_rows(filled)
    assert count_rows(elsewhere)["candle"] == 9 * 24


def test_what_is_added_afterwards_gets_a_number_of_its_own(
    filled: Database, elsewhere: Database
) -> None:
    shelf, copies = _copies(filled)
    load_tables(elsewhere, HEAD, copies, shelf.source)
    with elsewhere.transaction() as cursor:
        cursor.execute("INSERT INTO profile (hash, name, document) VALUES ('i', 'q', '{}')")
        cursor.execute("SELECT count(DISTINCT id), count(*) FROM profile")
        assert cursor.fetchone() == (2, 2)


def test_what_is_append_only_stays_so(filled: Database, elsewhere: Database) -> None:
    shelf, copies = _copies(filled)
    load_tables(elsewhere, HEAD, copies, shelf.source)
    with (
        pytest.raises(Exception, match="append-only"),
        elsewhere.transaction() as cursor,
    ):
        cursor.execute("DELETE FROM vote")


def test_a_damaged_copy_changes_nothing(filled: Database) -> None:
    shelf, copies = _copies(filled)
    before = count_rows(filled)
    number = int(shelf["candle"][-10])
    shelf["candle"] = shelf["candle"][:-10] + bytes([number ^ 1]) + shelf["candle"][-9:]
    with pytest.raises(DataError, match="the copy of candle is damaged"):
        load_tables(filled, HEAD, copies, shelf.source)
    assert count_rows(filled) == before


def test_a_torn_copy_changes_nothing(filled: Database) -> None:
    shelf, copies = _copies(filled)
    shelf["vote"] = shelf["vote"][:-20]
    with pytest.raises(DataError, match=r"PostgreSQL refuses the copy.*nothing has changed"):
        load_tables(filled, HEAD, copies, shelf.source)
    assert count_rows(filled)["vote"] == 1


def test_names_that_are_not_of_the_schema_never_reach_a_statement(filled: Database) -> None:
    shelf, copies = _copies(filled)
    odd = [replace(copies[0], columns=("id; DROP TABLE candle",)), *copies[1:]]
    with pytest.raises(DataError, match="the archive was edited"):
        load_tables(filled, HEAD, odd, shelf.source)
    assert count_rows(filled)["candle"] == 9 * 24


def test_copies_of_a_newer_program_are_refused(database: Database) -> None:
    with pytest.raises(SchemaError, match="schema 9999"):
        load_tables(database, "9999", (), Shelf().source)


def test_copies_of_an_older_schema_are_migrated(filled: Database, elsewhere: Database) -> None:
    shelf, copies = _copies(filled)
    old = [copy for copy in copies if copy.name in {"series", "candle", "market_rule"}]
    load_tables(elsewhere, "0001", old, shelf.source)
    assert count_rows(elsewhere) == {"series": 1, "candle": 9 * 24, **_rules(filled)}
    with elsewhere.transaction() as cursor:
        cursor.execute("SELECT version_num FROM alembic_version")
        assert cursor.fetchone() == (HEAD,)


def _rules(database: Database) -> dict[str, int]:
    return {name: n for name, n in count_rows(database).items() if name == "market_rule"}


def test_somebody_who_holds_a_table_is_waited_for_and_then_named(filled: Database) -> None:
    shelf, copies = _copies(filled)
    hurried = Database(filled.url)
    hurried._options += " -c lock_timeout=100"
    with filled.transaction() as cursor:
        cursor.execute("SELECT * FROM candle LIMIT 1")
        with pytest.raises(TransientError, match="Stop whatever uses the database"):
            load_tables(hurried, HEAD, copies, shelf.source)
        hurried.close()
    assert count_rows(filled)["candle"] == 9 * 24


def test_sessions_of_other_processes_are_counted(database: Database, database_url: str) -> None:
    assert other_sessions(database) == 0
    other = Database(database_url)
    with other.transaction() as cursor:
        cursor.execute("SELECT 1")
        assert other_sessions(database, patience_s=0.0) == 1
    other.close()  # its server process takes a moment to end
    assert other_sessions(database) == 0
