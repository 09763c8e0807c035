"""The table ends with what was put last, whatever happened on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proratio_core.database import Database
from proratio_core.errors import TransientError
from proratio_tradehub.journal import read_trades, record_trades
from proratio_tradehub.journal.trade_mirror import TradeMirror
from tests.tradehub.journal.made import ACCOUNT, a_trade, closed

AWAY = Database("postgresql://x@127.0.0.1:1/x")


def test_latest_is_stored_after_an_outage(database: Database) -> None:
    mirror = TradeMirror(ACCOUNT)
    mirror.flush(database)
    mirror.put(a_trade(stop_price=95.0))
    mirror.put(a_trade(symbol="ETH/USDT"))
    with pytest.raises(TransientError):
        mirror.flush(AWAY)
    mirror.put(a_trade(**closed()))
    mirror.flush(database)
    mirror.flush(database)
    assert [replace(one, updated_at=None) for one in read_trades(database)] == [
        a_trade(**closed()),
        a_trade(symbol="ETH/USDT"),
    ]


def test_what_was_stored_of_this_account_before_is_known(database: Database) -> None:
    record_trades(database, [a_trade(), a_trade(account="other live binance spot")])
    mirror = TradeMirror(ACCOUNT)
    assert mirror.stored is None
    mirror.flush(database)
    assert mirror.stored == {("BTC/USDT", "order-1"): a_trade()}
