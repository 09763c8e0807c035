"""Every signed spot endpoint answers; what ccxt makes of the answers is in test_over_ccxt.py."""

from __future__ import annotations

import pytest

from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading import Credentials, PerpetualAccount, SpotAccount, Trader, Venue
from proratio_core.replay.trading.spot_endpoints import HANDLERS
from tests.core.replay.trading.orders import HOUR_MS, START_MS, market_of
from tests.wire.markets import PERPETUAL

_ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "95"}


@pytest.fixture
def trader() -> Trader:
    markets = [market_of(), market_of(pair=PERPETUAL)]
    spot, perpetual = SpotAccount({"USDT": 1e4}), PerpetualAccount("USDT", 1e4)
    return Trader(Venue(markets, spot=spot, perpetual=perpetual), markets, Credentials("k", "s"))


def _ask(trader: Trader, method: str, path: str, **query: str) -> object:
    return HANDLERS[method, path](trader, query, START_MS)


def test_the_life_of_an_order(trader: Trader) -> None:
    placed = _ask(trader, "POST", "/api/v3/order", **_ORDER)
    one = {"symbol": "BTCUSDT", "orderId": str(placed["orderId"])}
    assert _ask(trader, "GET", "/api/v3/order", **one)["status"] == "NEW"
    assert len(_ask(trader, "GET", "/api/v3/openOrders")) == 1
    assert _ask(trader, "DELETE", "/api/v3/order", **one)["status"] == "CANCELED"
    assert len(_ask(trader, "GET", "/api/v3/allOrders", symbol="BTCUSDT")) == 1
    assert _ask(trader, "GET", "/api/v3/openOrders") == []
    _ask(trader, "POST", "/api/v3/order", **_ORDER)
    trader.venue.advance(START_MS + HOUR_MS)
    assert len(_ask(trader, "GET", "/api/v3/myTrades", symbol="BTCUSDT")) == 1


def test_the_key_says_that_it_cannot_withdraw(trader: Trader) -> None:
    assert not _ask(trader, "GET", "/sapi/v1/account/apiRestrictions")["enableWithdrawals"]
    assert not _ask(trader, "GET", "/api/v3/account")["canWithdraw"]
    assert {row["coin"] for row in _ask(trader, "GET", "/sapi/v1/capital/config/getall")} == {
        "BTC", "USDT",
    }  # fmt: skip


def test_there_is_no_margin_trading_and_no_delisting(trader: Trader) -> None:
    for path in ("spot/delist-schedule", "margin/allPairs", "margin/isolated/allPairs"):
        assert _ask(trader, "GET", f"/sapi/v1/{path}") == []


def test_an_unknown_symbol_is_refused(trader: Trader) -> None:
    with pytest.raises(RefusedError, match="Invalid symbol"):
        _ask(trader, "POST", "/api/v3/order", **_ORDER | {"symbol": "XUSDT"})
