"""Requests and refusals, without HTTP."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proratio_core.clock import to_ms
from proratio_core.replay.endpoints import Endpoints, RefusedError, UnknownPathError
from proratio_core.values import Timeframe
from tests.wire.markets import START, candles, perpetual_market, spot_market

NOW_MS = to_ms(START) + 30 * Timeframe.H1.ms
ENDPOINTS = Endpoints([spot_market(candles(48)), perpetual_market(48)])


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/api/v3/klines", {"symbol": "XXXUSDT", "interval": "1h"}, -1121),
        ("/api/v3/klines", {"interval": "1h"}, -1121),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "7h"}, -1120),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1h", "limit": "-1"}, -1102),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1h", "startTime": "x"}, -1102),
        ("/api/v3/depth", {"symbol": "XXXUSDT"}, -1121),
        ("/api/v3/ticker/price", {"symbols": '["BTCUSDT","XXXUSDT"]'}, -1121),
        ("/fapi/v1/fundingRate", {"symbol": "XXXUSDT"}, -1121),
        ("/fapi/v1/openInterest", {"symbol": "XXXUSDT"}, -1121),
        ("/fapi/v1/openInterest", {"symbol": "BTCUSDT"}, -4108),  # none is recorded
    ],
)
def test_a_wrong_parameter_is_refused_with_binances_code(
    path: str, query: dict[str, str], code: int
) -> None:
    with pytest.raises(RefusedError) as refused:
        ENDPOINTS.answer(path, query, now_ms=NOW_MS)
    assert refused.value.document["code"] == code


@pytest.mark.parametrize("path", ["/", "/api/v3/order", "/fapi/v1/", "/dapi/v1/klines"])
def test_a_path_nobody_serves_is_unknown(path: str) -> None:
    with pytest.raises(UnknownPathError):
        ENDPOINTS.answer(path, {}, now_ms=NOW_MS)


def test_a_pair_not_listed_yet_has_no_price() -> None:
    early = to_ms(START) - 1
    with pytest.raises(RefusedError):
        ENDPOINTS.answer("/api/v3/depth", {"symbol": "BTCUSDT"}, now_ms=early)
    assert ENDPOINTS.answer("/api/v3/ticker/price", {}, now_ms=early) == []


def test_pages_are_no_longer_than_binances() -> None:
    endpoints = Endpoints([spot_market(candles(1_200))])
    query = {"symbol": "BTCUSDT", "interval": "1h", "limit": "5000"}
    later = to_ms(START) + 1_200 * Timeframe.H1.ms
    assert len(endpoints.answer("/api/v3/klines", query, now_ms=later)) == 1_000


def test_tickers_answer_for_one_some_and_all() -> None:
    one = ENDPOINTS.answer("/api/v3/ticker/price", {"symbol": "BTCUSDT"}, now_ms=NOW_MS)
    some = ENDPOINTS.answer("/api/v3/ticker/price", {"symbols": '["BTCUSDT"]'}, now_ms=NOW_MS)
    every = ENDPOINTS.answer("/api/v3/ticker/price", {}, now_ms=NOW_MS)
    assert some == every == [one]


def test_small_endpoints_answer() -> None:
    assert ENDPOINTS.answer("/api/v3/ping", {}, now_ms=NOW_MS) == {}
    assert ENDPOINTS.answer("/api/v3/time", {}, now_ms=NOW_MS) == {"serverTime": NOW_MS}
    assert ENDPOINTS.answer("/fapi/v1/fundingInfo", {}, now_ms=NOW_MS) == []


def test_a_delisted_pair_is_no_longer_in_the_list_nor_known_by_its_name() -> None:
    gone = replace(spot_market(candles(48)), delisted_ms=NOW_MS)
    endpoints = Endpoints([gone, perpetual_market(48)])
    before = endpoints.answer("/api/v3/exchangeInfo", {}, now_ms=NOW_MS - 1)
    assert [symbol["symbol"] for symbol in before["symbols"]] == ["BTCUSDT"]
    assert endpoints.answer("/api/v3/exchangeInfo", {}, now_ms=NOW_MS)["symbols"] == []
    with pytest.raises(RefusedError, match="Invalid symbol"):
        endpoints.answer("/api/v3/depth", {"symbol": "BTCUSDT"}, now_ms=NOW_MS)
    assert endpoints.answer("/fapi/v1/depth", {"symbol": "BTCUSDT"}, now_ms=NOW_MS)["bids"]
