"""Only signed requests to known paths are answered."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading import (
    Credentials,
    PerpetualAccount,
    PrivateEndpoints,
    SignedRequest,
    SpotAccount,
    Trader,
    Venue,
)
from tests.core.replay.trading.orders import HOUR_MS, START_MS, market_of, ticket
from tests.wire.markets import SPOT


@pytest.fixture
def trader() -> Trader:
    markets = [market_of()]
    venue = Venue(markets, spot=SpotAccount({"USDT": 1e4}), perpetual=PerpetualAccount("USDT", 0.0))
    return Trader(venue, markets, Credentials("k", "s"))


def _signed(path: str, *, at_ms: int) -> SignedRequest:
    payload = f"timestamp={at_ms}"
    signature = hmac.new(b"s", payload.encode(), hashlib.sha256).hexdigest()
    return SignedRequest(
        "GET", path, "k", f"{payload}&signature={signature}", {"timestamp": str(at_ms)}
    )


def test_a_request_first_lets_happen_what_the_prices_brought(trader: Trader) -> None:
    trader.venue.place(ticket(price=95.0), START_MS)
    now_ms = START_MS + HOUR_MS
    document = PrivateEndpoints(trader).answer(
        _signed("/api/v3/account", at_ms=now_ms), now_ms=now_ms
    )
    assert {row["asset"] for row in document["balances"]} == {"USDT", "BTC"}
    assert len(trader.venue.fills(SPOT)) == 1


def test_an_unsigned_request_does_nothing(trader: Trader) -> None:
    request = SignedRequest("GET", "/api/v3/account", "k", "", {})
    with pytest.raises(RefusedError, match="Mandatory"):
        PrivateEndpoints(trader).answer(request, now_ms=START_MS)


def test_only_known_paths_are_served() -> None:
    assert PrivateEndpoints.serves("POST", "/fapi/v1/algoOrder")
    assert not PrivateEndpoints.serves("POST", "/sapi/v1/capital/withdraw/apply")
    assert not PrivateEndpoints.serves("GET", "/api/v3/klines")
