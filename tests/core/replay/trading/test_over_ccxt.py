"""Orders over real HTTP, placed by real ccxt with a key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ccxt
import pytest

from proratio_core.clock import FixedClock
from proratio_core.replay import Fault, FaultKind, RecordedMarket, ReplayServer
from proratio_core.replay.trading import (
    Credentials,
    PerpetualAccount,
    SpotAccount,
    Trader,
    Venue,
)
from tests.wire.markets import START, candles, perpetual_market, spot_market

MARKETS: list[RecordedMarket] = [spot_market(candles(48)), perpetual_market(48)]
CREDENTIALS = Credentials("key-5d1c", "secret-77ab")


@pytest.fixture
def clock() -> FixedClock:
    clock = FixedClock(START)
    clock.sleep(30 * 3_600)
    return clock


@pytest.fixture
def server(clock: FixedClock) -> Iterator[ReplayServer]:
    venue = Venue(
        MARKETS,
        spot=SpotAccount({"USDT": 10_000.0, "BTC": 0.5}),
        perpetual=PerpetualAccount("USDT", 5_000.0),
    )
    trader = Trader(venue, MARKETS, CREDENTIALS)
    with ReplayServer(MARKETS, clock, record="binance", trader=trader) as running:
        yield running


def client(server: ReplayServer, clock: FixedClock, *, kind: str, **changes: Any) -> ccxt.binance:
    """Return a ccxt client that trades on the replay exchange."""
    url = server.url
    exchange = ccxt.binance(
        {
            "apiKey": CREDENTIALS.key,
            "secret": CREDENTIALS.secret,
            "enableRateLimit": False,
            "options": {"defaultType": kind, "fetchMarkets": {"types": ["spot", "linear"]}},
            **changes,
        }
    )
    exchange.urls["api"] |= {
        "public": f"{url}/api/v3",
        "private": f"{url}/api/v3",
        "sapi": f"{url}/sapi/v1",
        "fapiPublic": f"{url}/fapi/v1",
        "fapiPublicV2": f"{url}/fapi/v2",
        "fapiPrivate": f"{url}/fapi/v1",
        "fapiPrivateV2": f"{url}/fapi/v2",
        "fapiPrivateV3": f"{url}/fapi/v3",
    }
    exchange.milliseconds = lambda: int(clock.now().timestamp() * 1000)
    exchange.load_markets()
    return exchange


def test_a_market_order_walks_the_book_and_pays_in_what_it_receives(
    server: ReplayServer, clock: FixedClock
) -> None:
    exchange = client(server, clock, kind="spot")
    ask = exchange.fetch_order_book("BTC/USDT")["asks"][0][0]

    order = exchange.create_order("BTC/USDT", "market", "buy", 0.1)

    assert order["status"] == "closed"
    assert order["average"] == pytest.approx(ask)
    assert order["fee"] == {"cost": pytest.approx(0.0001), "currency": "BTC"}
    balance = exchange.fetch_balance()
    assert balance["BTC"]["free"] == pytest.approx(0.5 + 0.1 * 0.999)
    assert balance["USDT"]["total"] == pytest.approx(10_000 - 0.1 * ask)
    (trade,) = exchange.fetch_my_trades("BTC/USDT")
    assert (trade["order"], trade["takerOrMaker"]) == (order["id"], "taker")


def test_a_limit_order_waits_until_the_price_comes(server: ReplayServer, clock: FixedClock) -> None:
    exchange = client(server, clock, kind="spot")
    price = exchange.fetch_ticker("BTC/USDT")["last"]
    low = round(price * 0.97, 2)
    order = exchange.create_order("BTC/USDT", "limit", "buy", 0.1, low)
    assert order["status"] == "open"
    assert exchange.fetch_balance()["USDT"]["used"] == pytest.approx(0.1 * low)
    assert [o["id"] for o in exchange.fetch_open_orders("BTC/USDT")] == [order["id"]]

    touched = next(
        hour
        for hour in range(31, 48)
        if MARKETS[0].price(int(START.timestamp() * 1000) + hour * 3_600_000) <= low
    )
    clock.sleep((touched - 30) * 3_600)
    filled = exchange.fetch_order(order["id"], "BTC/USDT")
    assert (filled["status"], filled["average"]) == ("closed", pytest.approx(low))
    assert exchange.fetch_my_trades("BTC/USDT")[0]["takerOrMaker"] == "maker"


def test_a_cancelled_order_gives_its_money_back(server: ReplayServer, clock: FixedClock) -> None:
    exchange = client(server, clock, kind="spot")
    order = exchange.create_order("BTC/USDT", "limit", "buy", 0.1, 20_000.0)
    assert exchange.cancel_order(order["id"], "BTC/USDT")["status"] == "canceled"
    assert exchange.fetch_balance()["USDT"]["free"] == 10_000
    with pytest.raises(ccxt.OrderNotFound):
        exchange.cancel_order(order["id"], "BTC/USDT")


def test_a_spot_stop_sells_when_it_is_touched(server: ReplayServer, clock: FixedClock) -> None:
    exchange = client(server, clock, kind="spot")
    price = exchange.fetch_ticker("BTC/USDT")["last"]
    stop, limit = round(price * 0.98, 2), round(price * 0.97, 2)
    order = exchange.create_order(
        "BTC/USDT", "stop_loss_limit", "sell", 0.5, limit, {"stopPrice": stop}
    )
    assert order["status"] == "open"
    clock.sleep(17 * 3_600)
    done = exchange.fetch_order(order["id"], "BTC/USDT")
    assert done["status"] == "closed"
    assert limit <= done["average"] <= stop


def test_a_leveraged_position_its_stop_and_its_funding(
    server: ReplayServer, clock: FixedClock
) -> None:
    exchange = client(server, clock, kind="swap")
    symbol = "BTC/USDT:USDT"
    exchange.set_leverage(5, symbol)
    entry = exchange.create_order(symbol, "market", "sell", 0.2)
    assert entry["status"] == "closed"
    (position,) = exchange.fetch_positions([symbol])
    assert (position["side"], position["contracts"], position["leverage"]) == ("short", 0.2, 5)
    assert position["initialMargin"] == pytest.approx(0.2 * entry["average"] / 5, rel=0.02)
    assert position["liquidationPrice"] > entry["average"]

    stop = exchange.create_order(
        symbol, "stop_market", "buy", 0.2, None,
        {"stopPrice": round(entry["average"] * 1.05, 2), "reduceOnly": True},
    )  # fmt: skip
    assert [o["id"] for o in exchange.fetch_open_orders(symbol, params={"stop": True})] == [
        stop["id"]
    ]

    clock.sleep(6 * 3_600)
    (funding,) = exchange.fetch_funding_history(symbol)
    assert funding["amount"] > 0  # shorts are paid when the rate is positive
    exchange.cancel_order(stop["id"], symbol, {"stop": True})
    close = exchange.create_order(symbol, "market", "buy", 0.2, params={"reduceOnly": True})
    assert close["status"] == "closed"
    assert exchange.fetch_positions([symbol]) == []
    made = 0.2 * (entry["average"] - close["average"])
    fees = 0.2 * (entry["average"] + close["average"]) * 0.0005
    total = exchange.fetch_balance()["USDT"]["total"]
    assert total == pytest.approx(5_000 + made - fees + funding["amount"])


def test_what_is_not_allowed_is_refused_in_ccxts_own_errors(
    server: ReplayServer, clock: FixedClock
) -> None:
    exchange = client(server, clock, kind="spot")
    with pytest.raises(ccxt.InsufficientFunds):
        exchange.create_order("BTC/USDT", "market", "buy", 10.0)
    with pytest.raises(ccxt.BadRequest):
        exchange.create_order("BTC/USDT", "limit", "buy", 0.001, 10.0)
    stranger = client(server, clock, kind="spot")
    stranger.secret = "another"
    with pytest.raises(ccxt.AuthenticationError):
        stranger.fetch_balance()
    late = client(server, clock, kind="spot")
    late.milliseconds = lambda: int(clock.now().timestamp() * 1000) - 60_000
    with pytest.raises(ccxt.InvalidNonce):
        late.fetch_balance()


def test_an_order_whose_reply_was_lost_is_there_all_the_same(
    server: ReplayServer, clock: FixedClock
) -> None:
    exchange = client(server, clock, kind="spot")
    server.faults.add_for_orders(Fault(FaultKind.REPLY_LOST))
    with pytest.raises(ccxt.NetworkError):
        exchange.create_order(
            "BTC/USDT", "limit", "buy", 0.1, 20_000.0, {"newClientOrderId": "intent-1"}
        )
    found = exchange.fetch_order("", "BTC/USDT", {"origClientOrderId": "intent-1"})
    assert found["status"] == "open"
    with pytest.raises(ccxt.ExchangeError, match="Duplicate"):
        exchange.create_order(
            "BTC/USDT", "limit", "buy", 0.1, 20_000.0, {"newClientOrderId": "intent-1"}
        )


def test_a_rejection_is_for_the_type_of_order_it_names(
    server: ReplayServer, clock: FixedClock
) -> None:
    exchange = client(server, clock, kind="spot")
    server.faults.add_for_orders(Fault(FaultKind.REJECTED, order_type="STOP_LOSS_LIMIT"))
    assert exchange.create_order("BTC/USDT", "market", "buy", 0.1)["status"] == "closed"
    price = exchange.fetch_ticker("BTC/USDT")["last"]
    words = ("BTC/USDT", "stop_loss_limit", "sell", 0.1, round(price * 0.9, 2))
    with pytest.raises(ccxt.ExchangeError, match="rejected"):
        exchange.create_order(*words, {"stopPrice": round(price * 0.95, 2)})
    assert exchange.create_order(*words, {"stopPrice": round(price * 0.95, 2)})["status"] == "open"


def test_without_a_trader_there_is_public_data_only(clock: FixedClock) -> None:
    with ReplayServer(MARKETS, clock, record="binance") as server:
        exchange = ccxt.binance({"apiKey": "k", "secret": "s"})
        exchange.urls["api"] |= {"private": f"{server.url}/api/v3", "sapi": f"{server.url}/sapi/v1"}
        with pytest.raises(ccxt.ExchangeError, match="public market data only"):
            exchange.private_get_account()


def test_all_open_orders_of_a_pair_are_cancelled_at_once(
    server: ReplayServer, clock: FixedClock
) -> None:
    exchange = client(server, clock, kind="spot")
    price = exchange.fetch_ticker("BTC/USDT")["last"]
    for part in (0.5, 0.6):
        exchange.create_order("BTC/USDT", "limit", "buy", 0.01, round(price * part, 2))

    ended = exchange.cancel_all_orders("BTC/USDT")

    assert [order["status"] for order in ended] == ["canceled", "canceled"]
    assert exchange.fetch_open_orders("BTC/USDT") == []
    with pytest.raises(ccxt.OrderNotFound):
        exchange.cancel_all_orders("BTC/USDT")


def test_stops_of_a_perpetual_are_cancelled_apart_from_its_orders(
    server: ReplayServer, clock: FixedClock
) -> None:
    exchange, symbol = client(server, clock, kind="swap"), "BTC/USDT:USDT"
    price = exchange.fetch_ticker(symbol)["last"]
    exchange.create_order(symbol, "market", "buy", 0.1)
    exchange.create_order(symbol, "limit", "buy", 0.1, round(price * 0.5, 1))
    stop = {"stopPrice": round(price * 0.9, 1), "reduceOnly": True}
    exchange.create_order(symbol, "market", "sell", 0.1, None, stop)

    def kinds() -> tuple[int, int]:
        stops = exchange.fetch_open_orders(symbol, params={"trigger": True})
        return len(exchange.fetch_open_orders(symbol)), len(stops)

    assert kinds() == (1, 1)
    exchange.cancel_all_orders(symbol)
    assert kinds() == (0, 1)
    exchange.cancel_all_orders(symbol, {"trigger": True})
    assert kinds() == (0, 0)
    exchange.cancel_all_orders(symbol)  # Binance says that it is done, also of nothing
