"""Which request gets which answer: Binance's public endpoints over recorded markets, no HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final

from proratio_core.replay import answers
from proratio_core.replay.market import RecordedMarket
from proratio_core.replay.refusals import (
    BAD_SYMBOL,
    MISSING_PARAMETER,
    NOT_STATED,
    RefusedError,
)
from proratio_core.values import Market, SeriesKind, Timeframe

__all__ = ["Endpoints", "UnknownPathError"]

_PREFIXES: Final = {
    "/api/v3/": Market.SPOT,
    "/fapi/v1/": Market.PERPETUAL,
    "/fapi/v2/": Market.PERPETUAL,
}
_MAX_ROWS: Final = {Market.SPOT: 1_000, Market.PERPETUAL: 1_500}
_MAX_LEVELS: Final = 1_000
_MAX_FUNDING_RATES: Final = 1_000

_Markets = Mapping[str, RecordedMarket]
_Query = Mapping[str, str]
_Handler = Callable[[_Markets, _Query, int], Any]


class UnknownPathError(Exception):
    """A path the replay exchange does not serve."""


class Endpoints:
    """Answers requests about recorded markets.

    Parameters
    ----------
    markets
        What is traded.
    """

    def __init__(self, markets: Collection[RecordedMarket]) -> None:
        self._markets = {
            kind: {m.pair.exchange_id: m for m in markets if m.pair.market is kind}
            for kind in Market
        }

    def answer(self, path: str, query: _Query, *, now_ms: int) -> Any:
        """Return the JSON document for a GET request at `now_ms`.

        Raises
        ------
        RefusedError
            A parameter is wrong.
        UnknownPathError
            There is no such endpoint.
        """
        prefix = next((prefix for prefix in _PREFIXES if path.startswith(prefix)), None)
        if prefix is None:
            raise UnknownPathError(path)
        handler = _HANDLERS.get(path.removeprefix(prefix))
        if handler is None:
            raise UnknownPathError(path)
        markets = self._markets[_PREFIXES[prefix]]
        listed = {name: market for name, market in markets.items() if market.is_listed(now_ms)}
        return handler(listed, query, now_ms)


def _exchange_info(markets: _Markets, _: _Query, now_ms: int) -> Any:
    return {
        "timezone": "UTC",
        "serverTime": now_ms,
        "rateLimits": [],
        "exchangeFilters": [],
        "symbols": [answers.symbol_info(market) for market in markets.values()],
    }


def _klines(markets: _Markets, query: _Query, now_ms: int, *, kind: SeriesKind) -> Any:
    market = _one(markets, query)
    try:
        timeframe = Timeframe(query.get("interval", ""))
    except ValueError:
        raise RefusedError(-1120, "Invalid interval.") from None
    rows = market.klines(
        timeframe,
        now_ms,
        kind=kind,
        limit=min(_integer(query, "limit", 500), _MAX_ROWS[market.pair.market]),
        start_ms=_optional_integer(query, "startTime"),
        end_ms=_optional_integer(query, "endTime"),
    )
    return answers.kline_rows(rows, timeframe)


def _depth(markets: _Markets, query: _Query, now_ms: int) -> Any:
    market, levels = _one(markets, query), _integer(query, "limit", 100)
    price = _price(market, now_ms)
    return answers.depth(market, price, now_ms, levels=min(levels, _MAX_LEVELS))


def _funding(markets: _Markets, query: _Query, now_ms: int) -> Any:
    return answers.funding_rates(
        _one(markets, query),
        now_ms,
        start_ms=_optional_integer(query, "startTime"),
        end_ms=_optional_integer(query, "endTime"),
        limit=min(_integer(query, "limit", 100), _MAX_FUNDING_RATES),
    )


def _open_interest(markets: _Markets, query: _Query, now_ms: int) -> Any:
    market = _one(markets, query)
    document = answers.open_interest(market, now_ms)
    if document is None:
        raise RefusedError(
            NOT_STATED,
            f"No open interest of {market.pair.exchange_id} is recorded up to this moment.",
        )
    return document


def _tickers(
    markets: _Markets,
    query: _Query,
    now_ms: int,
    *,
    answer: Callable[[RecordedMarket, float, int], Any],
) -> Any:
    """Answer for one symbol, several, or all that trade already."""
    if "symbol" in query:
        market = _one(markets, query)
        return answer(market, _price(market, now_ms), now_ms)
    wanted = json.loads(query["symbols"]) if "symbols" in query else markets
    if not set(wanted) <= set(markets):
        raise RefusedError(BAD_SYMBOL, "Invalid symbol.")
    priced = ((markets[name], markets[name].price(now_ms)) for name in wanted)
    return [answer(market, price, now_ms) for market, price in priced if price is not None]


def _one(markets: _Markets, query: _Query) -> RecordedMarket:
    found = markets.get(query.get("symbol", ""))
    if found is None:
        raise RefusedError(BAD_SYMBOL, "Invalid symbol.")
    return found


def _price(market: RecordedMarket, now_ms: int) -> float:
    price = market.price(now_ms)
    if price is None:  # not listed yet
        raise RefusedError(BAD_SYMBOL, "Invalid symbol.")
    return price


def _integer(query: _Query, name: str, default: int) -> int:
    value = _optional_integer(query, name)
    return default if value is None else value


def _optional_integer(query: _Query, name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not text.isdigit():
        raise RefusedError(MISSING_PARAMETER, f"Parameter '{name}' was not an unsigned integer.")
    return int(text)


def _of_tickers(answer: Callable[[RecordedMarket, float, int], Any]) -> _Handler:
    return partial(_tickers, answer=answer)


_HANDLERS: Final[Mapping[str, _Handler]] = {
    "ping": lambda _markets, _query, _now_ms: {},
    "time": lambda _markets, _query, now_ms: {"serverTime": now_ms},
    "exchangeInfo": _exchange_info,
    "klines": partial(_klines, kind=SeriesKind.CANDLE),
    "markPriceKlines": partial(_klines, kind=SeriesKind.MARK),
    "fundingInfo": lambda _markets, _query, _now_ms: [],
    "fundingRate": _funding,
    "openInterest": _open_interest,
    "depth": _depth,
    "trades": _of_tickers(answers.last_trades),
    "aggTrades": _of_tickers(answers.last_trades),
    "ticker/24hr": _of_tickers(answers.day_ticker),
    "ticker/price": _of_tickers(answers.price_ticker),
    "ticker/bookTicker": _of_tickers(answers.book_ticker),
    "premiumIndex": _of_tickers(answers.premium_index),
}
