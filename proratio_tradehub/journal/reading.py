"""The journal and the trades as they are stored: what alerts, reports and pages look at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from proratio_core.database import Database
from proratio_tradehub.journal.account_trade import AccountTrade
from proratio_tradehub.journal.entry import JournalEntry, Kind

__all__ = ["accounts", "read_entries", "read_trades"]

_TRADE: Final = ", ".join(field.name for field in fields(AccountTrade))
_ENTRY: Final = ", ".join(field.name for field in fields(JournalEntry))
_DISTINCT: Final = (
    "SELECT name FROM (WITH RECURSIVE known(name) AS ((SELECT min(account) FROM {table}) "
    "UNION ALL SELECT (SELECT min(account) FROM {table} WHERE account > known.name) "
    "FROM known WHERE known.name IS NOT NULL) SELECT name FROM known) AS of_{table} "
    "WHERE name IS NOT NULL"
)
"""The accounts of a table, a look at its index each, however many rows an account has."""


def read_trades(
    database: Database,
    account: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    is_open: bool | None = None,
) -> tuple[AccountTrade, ...]:
    """Return trades in the sequence they were opened.

    Parameters
    ----------
    database
        Where they are.
    account
        Whose; None is everybody's.
    since, until
        Those that were open at any moment from `since` on and before `until`.
    is_open
        Only those that are open now, or only those that are closed.

    Raises
    ------
    TransientError
        The database is away.
    """
    conditions: list[tuple[str, object]] = [
        ("account = %s", account),
        ("(closed_at IS NULL OR closed_at >= %s)", since),
        ("opened_at < %s", until),
        ("is_open = %s", is_open),
    ]
    where, values = _where(conditions)
    with database.transaction() as cursor:
        cursor.execute(
            f"SELECT {_TRADE} FROM account_trade {where} "  # noqa: S608  # our own constants
            "ORDER BY opened_at, account, symbol, entry_order_id",
            values,
        )
        return tuple(AccountTrade(**row) for row in _named(cursor))


def read_entries(  # noqa: PLR0913  # as many ways to look for an entry
    database: Database,
    account: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    kinds: Collection[Kind] = (),
    symbol: str | None = None,
    signal_id: str | None = None,
    trade_id: int | None = None,
    above_id: int | None = None,
    newest: int | None = None,
) -> tuple[JournalEntry, ...]:
    """Return entries in the sequence they happened.

    Parameters
    ----------
    database
        Where they are.
    account, symbol, signal_id, trade_id
        Whose, and about what; None is everything.
    since, until
        Those that happened from `since` on and before `until`.
    kinds
        Only these; none means all.
    above_id
        Only those recorded behind this one.
    newest
        At most so many, the newest of them; None is all.

    Raises
    ------
    TransientError
        The database is away.
    """
    conditions: list[tuple[str, object]] = [
        ("account = %s", account),
        ("at >= %s", since),
        ("at < %s", until),
        ("kind = ANY(%s)", [kind.value for kind in kinds] or None),
        ("symbol = %s", symbol),
        ("signal_id = %s", signal_id),
        ("trade_id = %s", trade_id),
        ("id > %s", above_id),
    ]
    where, values = _where(conditions)
    with database.transaction() as cursor:
        cursor.execute(
            f"SELECT {_ENTRY} FROM journal_entry {where} "  # noqa: S608  # our own constants
            "ORDER BY at DESC, id DESC LIMIT %s",
            [*values, newest],
        )
        rows = list(_named(cursor))
    return tuple(JournalEntry(**row | {"kind": Kind(row["kind"])}) for row in reversed(rows))


def accounts(database: Database) -> tuple[str, ...]:
    """Return every account of which anything is known, in the order of the alphabet.

    Raises
    ------
    TransientError
        The database is away.
    """
    tables = ("account_trade", "equity_mark", "journal_entry")
    queries = " UNION ".join(_DISTINCT.format(table=table) for table in tables)
    with database.transaction() as cursor:
        cursor.execute(queries)
        return tuple(sorted(name for (name,) in cursor.fetchall()))


def _where(conditions: list[tuple[str, object]]) -> tuple[str, list[object]]:
    asked = [(condition, value) for condition, value in conditions if value is not None]
    where = " AND ".join(condition for condition, _ in asked)
    return f"WHERE {where}" if where else "", [value for _, value in asked]


def _named(cursor: Any) -> Iterator[dict[str, Any]]:
    names = [column.name for column in cursor.description]
    for row in cursor.fetchall():
        yield dict(zip(names, row, strict=True))
