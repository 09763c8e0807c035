"""What is asked for is found, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from proratio_core.database import Database
from proratio_tradehub.journal import (
    Kind,
    accounts,
    read_entries,
    read_trades,
    record_entries,
    record_trades,
)
from tests.tradehub.journal.made import HOUR, NOW, a_trade, an_entry, closed


@pytest.fixture
def stored(database: Database) -> Database:
    record_trades(
        database,
        [
            a_trade(),
            a_trade(entry_order_id="2", opened_at=NOW - 5 * HOUR, **closed()),
            a_trade(account="other live binance spot", opened_at=NOW + 2 * HOUR),
        ],
    )
    record_entries(
        database,
        [
            an_entry(Kind.CANDIDATE, at=NOW - HOUR, trade_id=None, order_id=None),
            an_entry(Kind.ORDER),
            an_entry(Kind.FILL, symbol="ETH/USDT", trade_id=2, at=NOW + HOUR, signal_id=None),
            an_entry(Kind.FILL, account="third live kraken spot", at=NOW + 2 * HOUR),
        ],
    )
    return database


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 3),
        ({"account": "other live binance spot"}, 1),
        ({"is_open": True}, 2),
        ({"is_open": False}, 1),
        ({"since": NOW + HOUR}, 3),  # closed at that very moment
        ({"since": NOW + 2 * HOUR}, 2),
        ({"until": NOW}, 1),
        ({"since": NOW - HOUR, "until": NOW - HOUR / 2}, 1),
    ],
)
def test_trades_are_found(stored: Database, asked: dict[str, Any], found: int) -> None:
    trades = read_trades(stored, **asked)
    assert len(trades) == found
    assert list(trades) == sorted(trades, key=lambda trade: trade.opened_at)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["candidate", "order", "fill", "fill"]),
        ({"kinds": [Kind.FILL, Kind.ORDER]}, ["order", "fill", "fill"]),
        ({"since": NOW, "until": NOW + HOUR}, ["order"]),
        ({"symbol": "ETH/USDT"}, ["fill"]),
        ({"trade_id": 2}, ["fill"]),
        ({"signal_id": "offline@2024-03-14T12:00Z", "newest": 2}, ["order", "fill"]),
        ({"account": "third live kraken spot"}, ["fill"]),
        ({"newest": 1}, ["fill"]),
        ({"account": "nobody"}, []),
    ],
)
def test_entries_are_found(stored: Database, asked: dict[str, Any], found: list[str]) -> None:
    assert [entry.kind.value for entry in read_entries(stored, **asked)] == found


def test_entries_behind_a_number_are_the_new_ones(stored: Database) -> None:
    last = max(entry.id or 0 for entry in read_entries(stored))
    record_entries(stored, [an_entry(Kind.EXIT)])
    (new,) = read_entries(stored, above_id=last)
    assert new.kind is Kind.EXIT


def test_accounts_are_those_of_trades_entries_and_equity(stored: Database) -> None:
    with stored.transaction() as cursor:
        cursor.execute("INSERT INTO equity_mark VALUES ('fourth dry_run replay spot', now(), 1)")
    assert accounts(stored) == (
        "bot dry_run binance spot",
        "fourth dry_run replay spot",
        "other live binance spot",
        "third live kraken spot",
    )


def test_nothing_is_known_of_an_empty_database(database: Database) -> None:
    assert accounts(database) == read_trades(database) == read_entries(database) == ()
