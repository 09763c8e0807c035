from __future__ import annotations

import pytest

from proratio_core.database import Database
from proratio_signals.archive_file import Row
from proratio_signals.archive_store import ArchiveTarget, read_rows
from tests.signals.archives import PROFILE, fill

SERIES = ("binance BTC/USDT 1h candle", "binance ETH/USDT 1h candle")


def _rows(database: Database) -> list[Row]:
    with database.transaction() as cursor:
        return [row for page in read_rows(cursor, "", {}) for row in page]


def test_rows_come_by_series_profile_candle_and_attempt(database: Database) -> None:
    fill(database, votes=2)

    names = [(row["symbol"], row["as_of"].hour, row["attempt"]) for row in _rows(database)]

    assert names == [
        ("BTC/USDT", 12, 1),
        ("BTC/USDT", 13, 1),
        ("BTC/USDT", 13, 2),
        ("BTC/USDT", 14, 1),
        ("ETH/USDT", 13, 1),
        ("ETH/USDT", 14, 1),
    ]


def test_whole_numbers_stay_floating_point(database: Database) -> None:
    fill(database, votes=1)

    ballots = _rows(database)[-1]["ballots"]

    assert {type(ballot["confidence"]) for ballot in ballots} == {float}
    assert 1.0 in {ballot["confidence"] for ballot in ballots}


def test_target_adds_each_row_once_and_a_failed_transaction_leaves_nothing(
    database: Database, elsewhere: Database
) -> None:
    fill(database)
    rows = _rows(database)
    profiles = {PROFILE.hash: PROFILE.model_dump(mode="json")}

    def add_twice_then_fail() -> None:
        with elsewhere.transaction() as cursor:
            target = ArchiveTarget(cursor, profiles, SERIES)
            assert (target.add(rows), target.add(rows)) == (12, 0)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_twice_then_fail()
    assert _rows(elsewhere) == []


def test_added_rows_read_as_those_they_came_from(database: Database, elsewhere: Database) -> None:
    fill(database, votes=1)
    rows = _rows(database)
    with elsewhere.transaction() as cursor:
        ArchiveTarget(cursor, {PROFILE.hash: PROFILE.model_dump(mode="json")}, SERIES).add(rows)

    assert _rows(elsewhere) == rows
