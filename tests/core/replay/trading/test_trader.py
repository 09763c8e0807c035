"""What a request names of the trader."""

from __future__ import annotations

import pytest

from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading import Credentials, PerpetualAccount, SpotAccount, Trader, Venue
from proratio_core.values import Market
from tests.core.replay.trading.orders import HOUR_MS, START_MS, market_of, ticket
from tests.wire.markets import PERPETUAL, SPOT


@pytest.fixture
def trader() -> Trader:
    markets = [market_of(), market_of(pair=PERPETUAL)]
    spot, perpetual = SpotAccount({"USDT": 1e4}), PerpetualAccount("USDT", 1e4)
    return Trader(Venue(markets, spot=spot, perpetual=perpetual), markets, Credentials("k", "s"))


def test_pairs_are_named_by_their_market(trader: Trader) -> None:
    assert trader.pair(Market.SPOT, {"symbol": "BTCUSDT"}) == SPOT
    assert trader.pairs(Market.PERPETUAL, {}) == [PERPETUAL]
    with pytest.raises(RefusedError, match="Invalid symbol"):
        trader.pair(Market.SPOT, {"symbol": "ETHUSDT"})


def test_a_trader_begins_with_the_same_money_on_both_markets() -> None:
    markets = [market_of(), market_of(pair=PERPETUAL)]
    opened = Trader.open(markets, Credentials("k", "s"), {"USDT": 5e3, "BTC": 0.5})
    assert opened.venue.spot.of("BTC").free == 0.5
    assert opened.venue.spot.of("USDT").free == 5e3
    assert (opened.venue.perpetual.asset, opened.venue.perpetual.available_quote) == ("USDT", 5e3)


def test_orders_are_found_by_number_or_name_within_their_market(trader: Trader) -> None:
    order = trader.venue.place(ticket(price=50.0, client_id="mine"), START_MS)
    named = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}
    assert trader.order(Market.SPOT, named).id == order.id
    assert trader.order(Market.SPOT, {"algoId": str(order.id)}).id == order.id
    for query in ({"symbol": "BTCUSDT", "orderId": "77"}, {"symbol": "BTCUSDT", "orderId": "x"}):
        with pytest.raises(RefusedError, match="does not exist"):
            trader.order(Market.SPOT, query)
    with pytest.raises(RefusedError, match="required"):
        trader.order(Market.SPOT, {"symbol": "BTCUSDT"})


def test_lists_are_limited_and_begin_where_asked(trader: Trader) -> None:
    for number in range(3):
        trader.venue.place(ticket(price=95.0), START_MS + number)
    query = {"symbol": "BTCUSDT"}
    assert len(trader.orders(Market.SPOT, query)) == 3
    assert len(trader.orders(Market.SPOT, query | {"limit": "2"})) == 2
    assert len(trader.orders(Market.SPOT, query | {"startTime": str(START_MS + 2)})) == 1
    assert len(trader.open_orders(Market.SPOT, {})) == 3
    trader.venue.advance(START_MS + HOUR_MS)
    rows = trader.trades(
        Market.SPOT, query | {"orderId": "2"}, lambda o, f: {"id": f.id, "o": o.id}
    )
    assert [row["o"] for row in rows] == [2]
    assert not trader.open_orders(Market.SPOT, query)


def test_positions_are_listed_also_where_nothing_is_held(trader: Trader) -> None:
    (row,) = trader.positions([PERPETUAL], START_MS)
    assert (row["positionAmt"], row["leverage"]) == ("0.0", "20")
