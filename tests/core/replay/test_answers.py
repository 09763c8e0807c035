"""Binance's documents, parsed back by ccxt."""

from __future__ import annotations

from dataclasses import replace

import ccxt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_core.exchange import to_ccxt_market
from proratio_core.replay import RecordedMarket, answers
from proratio_core.values import Timeframe
from tests.wire.markets import PERPETUAL, START, candles, perpetual_market, spot_market

NOW_MS = to_ms(START) + 30 * Timeframe.H1.ms
MARKETS = [spot_market(candles(48)), perpetual_market(48)]


def parser(market: RecordedMarket) -> ccxt.Exchange:
    client = ccxt.binance()
    client.set_markets([to_ccxt_market(market.pair, market.rules)])
    return client


@given(st.floats(1e-12, 1e12))
def test_a_number_survives_the_text_exactly(number: float) -> None:
    text = answers.text_of(number)
    assert float(text) == number
    assert "e" not in text


@pytest.mark.parametrize("market", MARKETS, ids=lambda m: str(m.pair))
def test_ccxt_reads_the_tickers_of_both_markets(market: RecordedMarket) -> None:
    price = market.price(NOW_MS)
    assert price is not None
    client = parser(market)
    day = client.parse_ticker(answers.day_ticker(market, price, NOW_MS))
    assert (day["symbol"], day["last"]) == (str(market.pair), price)
    assert day["low"] <= price <= day["high"]
    best = client.parse_ticker(answers.book_ticker(market, price, NOW_MS))
    assert best["symbol"] == str(market.pair)
    assert best["bid"] < price < best["ask"]
    last = client.parse_last_price(answers.price_ticker(market, price, NOW_MS))
    assert (last["symbol"], last["price"]) == (str(market.pair), price)


def test_the_book_is_a_ladder_around_the_price_deep_enough_for_any_stake() -> None:
    book = answers.depth(MARKETS[0], 40_000.0, NOW_MS, levels=20)
    bids, asks = ([[float(x) for x in level] for level in book[side]] for side in ("bids", "asks"))
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0][0] < 40_000 < asks[0][0]
    assert sum(price * amount for price, amount in asks) > 1_000_000


def test_a_price_of_a_few_ticks_has_no_bid_at_zero() -> None:
    book = answers.depth(MARKETS[0], 0.03, NOW_MS, levels=10)
    assert [bid[0] for bid in book["bids"]] == ["0.02", "0.01"]


def test_ccxt_reads_a_trade() -> None:
    trade = parser(MARKETS[0]).parse_trade(answers.last_trades(MARKETS[0], 41.5, NOW_MS)[0])
    assert (trade["price"], trade["timestamp"]) == (41.5, NOW_MS)


def test_settled_funding_ends_with_the_moment() -> None:
    rows = answers.funding_rates(MARKETS[1], NOW_MS, start_ms=None, end_ms=None, limit=2)
    assert [row["fundingTime"] for row in rows] == [
        to_ms(START) + hours * Timeframe.H1.ms for hours in (16, 24)
    ]
    first = answers.funding_rates(MARKETS[1], NOW_MS, start_ms=0, end_ms=NOW_MS, limit=1)
    assert first[0]["fundingTime"] == to_ms(START)


@given(st.integers(-90_000, 400_000))
def test_open_interest_is_the_newest_figure_stated_by_then_and_never_a_later_one(ms: int) -> None:
    moments = np.array([1, 60_123, 60_124, 300_000])
    figures = make_frame(to_ms(START) + moments, {"open_interest": np.arange(4.0) * 1.5})
    document = answers.open_interest(replace(MARKETS[1], open_interest=figures), to_ms(START) + ms)
    known = np.flatnonzero(moments <= ms)
    if not len(known):
        assert document is None
        return
    stated = parser(MARKETS[1]).parse_open_interest(document, parser(MARKETS[1]).market("BTCUSDT"))
    assert stated["timestamp"] == to_ms(START) + moments[known[-1]] <= to_ms(START) + ms
    assert stated["openInterestAmount"] == known[-1] * 1.5


def test_the_premium_index_states_the_last_settled_rate_and_the_next_time() -> None:
    document = answers.premium_index(MARKETS[1], 40_000.0, NOW_MS)
    parsed = parser(MARKETS[1]).parse_funding_rate(document)
    assert parsed["symbol"] == str(PERPETUAL)
    assert parsed["fundingRate"] == MARKETS[1].funding["funding_rate"].iloc[3]
    assert parsed["fundingTimestamp"] == to_ms(START) + 32 * Timeframe.H1.ms
    assert parsed["markPrice"] != parsed["indexPrice"]


def test_without_a_recorded_mark_price_the_traded_one_stands_in() -> None:
    bare = RecordedMarket(PERPETUAL, MARKETS[1].rules, MARKETS[1].candles)
    document = answers.premium_index(bare, 40_000.0, NOW_MS)
    assert (document["markPrice"], document["lastFundingRate"]) == ("40000.0", "0")
