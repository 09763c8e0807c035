"""The JSON documents of Binance's public REST interface, as pure functions of market and moment.

Only what ccxt and Freqtrade read is filled with meaning; the order book is a synthetic ladder
around the price, wide enough for any stake, because no book was recorded.

Source: Binance API documentation, "Market data endpoints" (spot) and "Market Data" (USDⓈ-M).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from proratio_core.candles.frame import open_times_ms
from proratio_core.replay.ladder import ladder
from proratio_core.replay.market import Candle, RecordedMarket
from proratio_core.values import Market, SeriesKind, Timeframe

__all__ = [
    "book_ticker",
    "day_ticker",
    "depth",
    "funding_rates",
    "kline_rows",
    "last_trades",
    "open_interest",
    "premium_index",
    "price_ticker",
    "symbol_info",
    "text_of",
]

_DAY_MS: Final = 86_400_000
_FUNDING_INTERVAL_MS: Final = 8 * 3_600_000
_NEVER_DELIVERED_MS: Final = 4_133_404_800_000
"""What Binance writes as the delivery date of a contract without one."""

_Document = dict[str, Any]


def text_of(number: float) -> str:
    """Return the shortest decimal text that parses back to exactly `number`, without exponent."""
    text = repr(float(number))
    return np.format_float_positional(number, trim="-") if "e" in text else text


def symbol_info(market: RecordedMarket) -> _Document:
    """Return the entry of exchangeInfo that states the market's rules."""
    pair, rules = market.pair, market.rules
    cost = text_of(rules.min_cost)
    info: _Document = {
        "symbol": pair.exchange_id,
        "status": "TRADING",
        "baseAsset": pair.base,
        "baseAssetPrecision": 8,
        "quoteAsset": pair.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": text_of(rules.price_tick),
                "tickSize": text_of(rules.price_tick),
            },
            {
                "filterType": "LOT_SIZE",
                "minQty": text_of(rules.min_amount),
                "stepSize": text_of(rules.amount_step),
            },
            {"filterType": "MIN_NOTIONAL", "minNotional": cost, "notional": cost},
        ],
    }
    if pair.market is Market.SPOT:
        return info | {
            "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT"],
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "permissions": [],
            "permissionSets": [["SPOT"]],
        }
    return info | {
        "pair": pair.exchange_id,
        "contractType": "PERPETUAL",
        "deliveryDate": _NEVER_DELIVERED_MS,
        "marginAsset": pair.settle,
        "underlyingType": "COIN",
        "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET"],
        "timeInForce": ["GTC", "IOC", "FOK", "GTX"],
    }


def kline_rows(rows: list[tuple[int, Candle]], timeframe: Timeframe) -> list[list[Any]]:
    """Return candles as rows of the klines endpoints."""
    return [
        [
            open_ms,
            *(text_of(number) for number in candle),
            open_ms + timeframe.ms - 1,
            text_of(candle.volume * candle.close),
            1,
            text_of(candle.volume / 2),
            text_of(candle.volume * candle.close / 2),
            "0",
        ]
        for open_ms, candle in rows
    ]


def funding_rates(
    market: RecordedMarket, now_ms: int, *, start_ms: int | None, end_ms: int | None, limit: int
) -> list[_Document]:
    """Return settled funding rates: the first from `start_ms`, or the last when it is None."""
    times = open_times_ms(market.funding)
    rates = market.funding["funding_rate"].to_numpy(np.float64)
    until = now_ms if end_ms is None else min(now_ms, end_ms)
    first = 0 if start_ms is None else int(np.searchsorted(times, start_ms))
    stop = int(np.searchsorted(times, until, side="right"))
    if start_ms is None:
        first = max(first, stop - limit)
    return [
        {
            "symbol": market.pair.exchange_id,
            "fundingTime": int(times[i]),
            "fundingRate": text_of(float(rates[i])),
        }
        for i in range(first, min(stop, first + limit))
    ]


def open_interest(market: RecordedMarket, now_ms: int) -> _Document | None:
    """Return the newest figure stated by `now_ms`, at its own moment; None without one."""
    times = open_times_ms(market.open_interest)
    row = int(np.searchsorted(times, now_ms, side="right")) - 1
    if row < 0:
        return None
    return {
        "symbol": market.pair.exchange_id,
        "openInterest": text_of(float(market.open_interest["open_interest"].iloc[row])),
        "time": int(times[row]),
    }


def premium_index(market: RecordedMarket, price: float, now_ms: int) -> _Document:
    """Return mark price and last funding rate; the traded price where no mark was recorded."""
    mark = market.price(now_ms, kind=SeriesKind.MARK)
    settled = funding_rates(market, now_ms, start_ms=None, end_ms=None, limit=1)
    return {
        "symbol": market.pair.exchange_id,
        "markPrice": text_of(price if mark is None else mark),
        "indexPrice": text_of(price),
        "estimatedSettlePrice": text_of(price),
        "lastFundingRate": settled[0]["fundingRate"] if settled else "0",
        "nextFundingTime": (now_ms // _FUNDING_INTERVAL_MS + 1) * _FUNDING_INTERVAL_MS,
        "time": now_ms,
    }


def price_ticker(market: RecordedMarket, price: float, now_ms: int) -> _Document:
    """Return the last price."""
    return _stamped({"symbol": market.pair.exchange_id, "price": text_of(price)}, market, now_ms)


def book_ticker(market: RecordedMarket, price: float, now_ms: int) -> _Document:
    """Return the best bid and ask."""
    book = depth(market, price, now_ms, levels=1)
    (bid,), (ask,) = book["bids"], book["asks"]
    best = {"bidPrice": bid[0], "bidQty": bid[1], "askPrice": ask[0], "askQty": ask[1]}
    return _stamped({"symbol": market.pair.exchange_id} | best, market, now_ms)


def depth(market: RecordedMarket, price: float, now_ms: int, *, levels: int) -> _Document:
    """Return a ladder of `levels` bids and asks around the price, deeper further away."""

    def side(direction: int) -> list[list[str]]:
        steps = ladder(market.rules, price, side=direction, levels=levels)
        return [[text_of(level.price), text_of(level.amount)] for level in steps]

    book = {"lastUpdateId": now_ms, "bids": side(-1), "asks": side(1)}
    if market.pair.market is Market.PERPETUAL:  # a time in spot's would make ccxt wait for more
        book |= {"E": now_ms, "T": now_ms}
    return book


def last_trades(market: RecordedMarket, price: float, now_ms: int) -> list[_Document]:
    """Return one trade at the price, in the fields of both trade endpoints."""
    amount, text = text_of(market.rules.min_amount), text_of(price)
    trade = {"id": now_ms, "price": text, "qty": amount, "time": now_ms, "isBuyerMaker": False}
    return [trade | {"a": now_ms, "p": text, "q": amount, "T": now_ms, "m": False}]


def day_ticker(market: RecordedMarket, price: float, now_ms: int) -> _Document:
    """Return the statistics of the last 24 hours, from hourly candles."""
    rows = market.klines(Timeframe.H1, now_ms, limit=24) or [
        (now_ms, Candle(price, price, price, price, 0.0))
    ]
    opened, volume = rows[0][1].open, sum(candle.volume for _, candle in rows)
    spot = market.pair.market is Market.SPOT
    head = book_ticker(market, price, now_ms) if spot else {"symbol": market.pair.exchange_id}
    return head | {
        "priceChange": text_of(price - opened),
        "priceChangePercent": text_of(round((price / opened - 1) * 100, 3)),
        "prevClosePrice": text_of(opened),
        "lastPrice": text_of(price),
        "openPrice": text_of(opened),
        "highPrice": text_of(max(candle.high for _, candle in rows)),
        "lowPrice": text_of(min(candle.low for _, candle in rows)),
        "volume": text_of(volume),
        "quoteVolume": text_of(sum(candle.volume * candle.close for _, candle in rows)),
        "openTime": now_ms - _DAY_MS,
        "closeTime": now_ms,
    }


def _stamped(document: _Document, market: RecordedMarket, now_ms: int) -> _Document:
    """Add the time where Binance does: ccxt tells perpetuals from spot by it."""
    return document | ({"time": now_ms} if market.pair.market is Market.PERPETUAL else {})
