"""What the tables of trading refuse, whoever writes."""

from __future__ import annotations

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError

_ENTRY = (
    "INSERT INTO journal_entry (event_id, account, strategy, kind, at, document) "
    "VALUES ('one', 'bot dry_run binance spot', 'Trend', '{kind}', now(), '{{}}')"
)
_TRADE = (
    "INSERT INTO account_trade (account, symbol, entry_order_id, trade_id, strategy, side, quote, "
    "is_open, opened_at, closed_at, open_rate, amount, stake_quote, leverage, fee_open_quote, "
    "funding_quote) VALUES ('bot dry_run binance spot', 'BTC/USDT', '1', 1, 'Trend', '{side}', "
    "'USDT', {is_open}, now(), {closed_at}, 100, 1, 100, 1, 0.1, 0)"
)


def write(database: Database, statement: str) -> None:
    with database.transaction() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "change",
    ["UPDATE journal_entry SET at = now()", "DELETE FROM journal_entry", "TRUNCATE journal_entry"],
)
def test_journal_is_only_ever_added_to(database: Database, change: str) -> None:
    write(database, _ENTRY.format(kind="fill"))
    with pytest.raises(DataError, match="append-only"):
        write(database, change)


def test_journal_takes_each_event_once_and_no_unknown_kind(database: Database) -> None:
    write(database, _ENTRY.format(kind="fill"))
    with pytest.raises(DataError, match="duplicate key"):
        write(database, _ENTRY.format(kind="fill"))
    with pytest.raises(DataError, match="ck_journal_entry_kind"):
        write(database, _ENTRY.format(kind="gossip"))


@pytest.mark.parametrize(
    ("side", "is_open", "closed_at", "broken"),
    [
        ("both", "true", "NULL", "side"),
        ("long", "true", "now()", "closed"),
        ("long", "false", "NULL", "closed"),
    ],
)
def test_trade_is_long_or_short_and_open_or_closed(
    database: Database, side: str, is_open: str, closed_at: str, broken: str
) -> None:
    with pytest.raises(DataError, match=f"ck_account_trade_{broken}"):
        write(database, _TRADE.format(side=side, is_open=is_open, closed_at=closed_at))
