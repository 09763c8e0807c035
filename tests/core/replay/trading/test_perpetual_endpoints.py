"""Every signed endpoint of perpetuals answers; what ccxt makes of it is in test_over_ccxt.py."""

from __future__ import annotations

import pytest

from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading import Credentials, PerpetualAccount, SpotAccount, Trader, Venue
from proratio_core.replay.trading.perpetual_endpoints import HANDLERS
from tests.core.replay.trading.orders import HOUR_MS, START_MS, market_of
from tests.wire.markets import PERPETUAL

_STOP = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "1",
         "triggerPrice": "95", "reduceOnly": "true"}  # fmt: skip


@pytest.fixture
def trader() -> Trader:
    markets = [market_of(pair=PERPETUAL)]
    spot, perpetual = SpotAccount({}), PerpetualAccount("USDT", 1e4)
    trader = Trader(Venue(markets, spot=spot, perpetual=perpetual), markets, Credentials("k", "s"))
    _ask(trader, "POST", "order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="1")
    return trader


def _ask(trader: Trader, method: str, path: str, **query: str) -> object:
    prefix = "" if path.startswith("/") else "/fapi/v1/"
    return HANDLERS[method, prefix + path](trader, query, START_MS)


def test_a_stop_is_kept_apart_until_it_is_touched(trader: Trader) -> None:
    stop = _ask(trader, "POST", "algoOrder", **_STOP)
    one = {"algoId": str(stop["algoId"])}
    assert _ask(trader, "GET", "openOrders", symbol="BTCUSDT") == []
    assert len(_ask(trader, "GET", "openAlgoOrders")) == 1
    assert len(_ask(trader, "GET", "allOrders", symbol="BTCUSDT")) == 1  # the entry
    trader.venue.advance(START_MS + HOUR_MS)
    assert _ask(trader, "GET", "algoOrder", **one)["algoStatus"] == "FINISHED"
    order = _ask(trader, "GET", "order", symbol="BTCUSDT", orderId=one["algoId"])
    assert order["status"] == "FILLED"
    assert not trader.venue.perpetual.positions
    assert len(_ask(trader, "GET", "userTrades", symbol="BTCUSDT")) == 2


def test_orders_and_stops_are_cancelled(trader: Trader) -> None:
    stop = _ask(trader, "POST", "algoOrder", **_STOP)
    assert _ask(trader, "DELETE", "algoOrder", algoId=str(stop["algoId"]))["code"] == "200"
    words = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "50"}
    order = _ask(trader, "POST", "order", **words)
    assert len(_ask(trader, "GET", "openOrders")) == 1
    cancelled = _ask(trader, "DELETE", "order", symbol="BTCUSDT", orderId=str(order["orderId"]))
    assert cancelled["status"] == "CANCELED"


def test_leverage_margin_and_modes(trader: Trader) -> None:
    assert _ask(trader, "POST", "leverage", symbol="BTCUSDT", leverage="3")["leverage"] == 3
    with pytest.raises(RefusedError, match="No need to change"):
        _ask(trader, "POST", "marginType", symbol="BTCUSDT", marginType="ISOLATED")
    with pytest.raises(RefusedError, match="Only isolated"):
        _ask(trader, "POST", "marginType", symbol="BTCUSDT", marginType="CROSSED")
    assert _ask(trader, "GET", "positionSide/dual") == {"dualSidePosition": False}
    assert _ask(trader, "GET", "multiAssetsMargin") == {"multiAssetsMargin": False}
    assert len(_ask(trader, "GET", "leverageBracket")) == 1
    assert _ask(trader, "GET", "income") == []


def test_both_versions_of_account_and_positions_agree(trader: Trader) -> None:
    for version in ("v2", "v3"):
        account = _ask(trader, "GET", f"/fapi/{version}/account")
        risk = _ask(trader, "GET", f"/fapi/{version}/positionRisk", symbol="BTCUSDT")
        assert account["positions"] == risk
        assert risk[0]["positionAmt"] == "1.0"
