"""Entries and trades on their way into the tables: each entry once, each trade as it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, Final

import msgspec

from proratio_core.database import Database
from proratio_tradehub.journal.account_trade import AccountTrade
from proratio_tradehub.journal.entry import JournalEntry

__all__ = ["record_entries", "record_trades", "storable"]

_ENTRY: Final = tuple(f.name for f in fields(JournalEntry) if f.name != "id")
_TRADE: Final = tuple(f.name for f in fields(AccountTrade) if f.name != "updated_at")
_NAMES: Final = ("account", "symbol", "entry_order_id")
_FIGURES: Final = tuple(name for name in _TRADE if name not in _NAMES)

_RECORD_ENTRIES: Final = (
    f"INSERT INTO journal_entry ({', '.join(_ENTRY)}) SELECT {', '.join(_ENTRY)} "  # noqa: S608
    "FROM jsonb_populate_recordset(NULL::journal_entry, %s) WITH ORDINALITY AS given "
    "ORDER BY ordinality ON CONFLICT (event_id) DO NOTHING"
)
_RECORD_TRADES: Final = (
    f"INSERT INTO account_trade ({', '.join(_TRADE)}, updated_at) "  # noqa: S608
    f"SELECT {', '.join(_TRADE)}, clock_timestamp() "
    "FROM jsonb_populate_recordset(NULL::account_trade, %s) "
    f"ON CONFLICT ({', '.join(_NAMES)}) DO UPDATE SET updated_at = excluded.updated_at, "
    + ", ".join(f"{name} = excluded.{name}" for name in _FIGURES)
    + f" WHERE ({', '.join(f'account_trade.{name}' for name in _FIGURES)}) "
    f"IS DISTINCT FROM ({', '.join(f'excluded.{name}' for name in _FIGURES)})"
)


def record_entries(database: Database, entries: Iterable[JournalEntry]) -> None:
    """Store those entries whose event is not stored yet.

    Raises
    ------
    TransientError
        The database is away; none of them is stored.
    DataError
        The database refuses a value; none of them is stored.
    """
    with database.transaction() as cursor:
        cursor.execute(_RECORD_ENTRIES, [_rows(map(storable, entries))])


def record_trades(database: Database, trades: Iterable[AccountTrade]) -> None:
    """Store trades in place of what was stored of them; one that did not change is left alone.

    Raises
    ------
    TransientError
        The database is away; none of them is stored.
    DataError
        The database refuses a value; none of them is stored.
    """
    latest = {(one.account, one.symbol, one.entry_order_id): one for one in trades}
    with database.transaction() as cursor:
        cursor.execute(_RECORD_TRADES, [_rows(latest.values())])


def storable(entry: JournalEntry) -> JournalEntry:
    """Return the entry with everything out of its texts that PostgreSQL cannot store.

    That is the character of number 0 and halves of characters; numbers that are not finite become
    null.
    """
    texts = {
        name: _clean(value)
        for name in _ENTRY
        if isinstance(value := getattr(entry, name), str) and name != "kind"
    }
    return replace(entry, **texts, document=_clean(msgspec.to_builtins(entry.document)))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(name): _clean(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _rows(values: Iterable[Any]) -> str:
    return msgspec.json.encode(list(values)).decode()
