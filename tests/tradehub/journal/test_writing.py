"""Each event is stored once, each trade as it stands, whatever characters they bring."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proratio_core.database import Database
from proratio_tradehub.journal import Kind, read_entries, read_trades, record_entries, record_trades
from proratio_tradehub.journal.writing import storable
from tests.tradehub.journal.made import NOW, a_trade, an_entry, closed


def test_entry_comes_back_as_it_was_given_and_is_stored_once(database: Database) -> None:
    given = an_entry(document={"price": 0.1 + 0.2, "caps": [{"rule": "room", "stake_quote": 3}]})
    record_entries(database, [given, given])
    record_entries(database, [given])
    (stored,) = read_entries(database)
    assert stored.id is not None
    assert replace(stored, id=None) == given


def test_entries_are_numbered_in_the_sequence_they_were_given(database: Database) -> None:
    record_entries(database, [an_entry(about=str(number)) for number in range(50)])
    stored = sorted(read_entries(database), key=lambda entry: entry.id or 0)
    assert [e.event_id for e in stored] == [an_entry(about=str(n)).event_id for n in range(50)]


def test_trade_takes_the_place_of_what_was_known_of_it(database: Database) -> None:
    record_trades(database, [a_trade(), a_trade(symbol="ETH/USDT")])
    record_trades(database, [a_trade(stop_price=97.0), a_trade(**closed())])
    btc, eth = read_trades(database)
    assert replace(btc, updated_at=None) == a_trade(**closed())
    assert replace(eth, updated_at=None) == a_trade(symbol="ETH/USDT")


def test_trade_that_did_not_change_is_not_written(database: Database) -> None:
    record_trades(database, [a_trade()])
    (before,) = read_trades(database)
    record_trades(database, [a_trade()])
    assert read_trades(database) == (before,)
    record_trades(database, [a_trade(stop_price=96.0)])
    (after,) = read_trades(database)
    assert after.updated_at is not None
    assert before.updated_at is not None
    assert after.updated_at > before.updated_at


HOSTILE = (
    "'; DROP TABLE journal_entry; --",
    "nul\0in the middle",
    "half a character \ud83d",
    "\x1b[2J\u202e right to left",
    '{"json": "inside"}\n\r\\',
    "%s %(account)s {0}",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_stored_and_does_nothing(database: Database, text: str) -> None:
    entry = an_entry(symbol=text, signal_id=text, document={text: [text, {"deep": text}]})
    record_entries(database, [entry])
    (stored,) = read_entries(database, symbol=storable(entry).symbol)
    assert replace(stored, id=None) == storable(entry)
    assert "\0" not in str(stored)


def test_number_that_is_none_becomes_null(database: Database) -> None:
    record_entries(database, [an_entry(Kind.VERDICT, document={"x": float("nan"), "at": NOW})])
    (stored,) = read_entries(database)
    assert stored.document == {"x": None, "at": "2024-03-14T12:00:05.250000Z"}
