"""Every table can be read, filtered, and holds what was stored."""

from __future__ import annotations

import pytest

from proratio_core.database import Database
from proratio_core.errors import ConfigurationError
from proratio_tradehub.exports.tables import TABLES, read_table
from proratio_tradehub.journal import Kind, record_entries, record_trades
from tests.tradehub.journal.made import ACCOUNT, HOUR, NOW, a_trade, an_entry, closed

OTHER = "other live binance spot"


def test_every_table_is_there_even_when_it_is_empty(database: Database) -> None:
    for name, table in TABLES.items():
        frame = read_table(database, name, since=NOW)
        assert len(frame) == 0
        assert table.time in frame.columns
        assert table.account is None or table.account in frame.columns


def test_a_trade_comes_with_its_vote_and_its_verdict(database: Database) -> None:
    record_trades(database, [a_trade(**closed()), a_trade(account=OTHER, opened_at=NOW + HOUR)])
    record_entries(
        database,
        [
            an_entry(Kind.VOTE, document={"score": 0.7}),
            an_entry(Kind.VERDICT, document={"stake_quote": 100.0}),
            an_entry(Kind.VOTE, account=OTHER, symbol="ETH/USDT"),
        ],
    )
    frame = read_table(database, "trades")
    first, _ = frame.to_dict("records")
    assert first["vote"] == '{"score": 0.7}'
    assert first["verdict"] == '{"stake_quote": 100.0}'
    assert first["held_h"] == 1
    assert frame["vote"].isna().tolist() == [False, True]
    assert str(frame["opened_at"].dt.tz) == "UTC"
    assert read_table(database, "trades", account=OTHER)["account"].tolist() == [OTHER]
    assert read_table(database, "trades", until=NOW + HOUR)["account"].tolist() == [ACCOUNT]
    assert len(read_table(database, "journal", since=NOW)) == 3
    assert read_table(database, "trades", most=1)["account"].tolist() == [OTHER]


def test_what_is_not_there_is_refused_with_what_is(database: Database) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no table 'trade'.*trades, journal"):
        read_table(database, "trade")
    with pytest.raises(ConfigurationError, match="leave the account out"):
        read_table(database, "votes", account=ACCOUNT)
