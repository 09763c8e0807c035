"""What Binance's WebSocket streams say of a recorded market between two moments. Pure.

A stream is looked at from time to time; each look gives the events since the last one: every candle
that closed, then the one in progress; one trade for each line the price walked; the book as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from proratio_core.replay.answers import book_ticker, day_ticker, depth, text_of
from proratio_core.replay.market import Candle, RecordedMarket
from proratio_core.replay.trading.path import legs_between
from proratio_core.values import Market, SeriesKind, Timeframe

__all__ = ["BookView", "Stream", "events_of", "parse_stream"]

_Event = dict[str, Any]

_LEVELS: Final = 20
_TIMEFRAMES: Final = {timeframe.value: timeframe for timeframe in Timeframe}


@dataclass
class BookView:
    """Which levels a listener has been shown, so that those which vanished can be taken back."""

    levels: dict[str, set[str]] = field(default_factory=lambda: {"b": set(), "a": set()})
    last_id: int = 0

    def showed(self, bids: list[list[str]], asks: list[list[str]]) -> None:
        """Remember levels that were shown elsewhere, as in a snapshot."""
        self.levels["b"] |= {level[0] for level in bids}
        self.levels["a"] |= {level[0] for level in asks}


@dataclass
class Stream:
    """One subscription of one listener.

    Parameters
    ----------
    name
        As Binance calls it, e.g. `btcusdt@kline_1m`.
    market
        What it is about.
    channel
        What is wanted of it: `kline`, `trade`, `depth`, `bookTicker`, `ticker` or `markPrice`.
    timeframe
        Of candles.
    seen_ms
        Up to when it has been told.
    book
        What it has been shown of the book.
    """

    name: str
    market: RecordedMarket
    channel: str
    timeframe: Timeframe | None
    seen_ms: int
    book: BookView = field(default_factory=BookView)


def parse_stream(name: str, markets: Mapping[str, RecordedMarket], now_ms: int) -> Stream | None:
    """Return the subscription that `name` asks for; None when there is no such stream.

    Parameters
    ----------
    name
        `symbol@channel`, the symbol in lower case.
    markets
        Symbol in upper case -> market.
    now_ms
        From when on events are wanted.
    """
    symbol, _, rest = name.partition("@")
    market = markets.get(symbol.upper())
    channel, _, detail = rest.partition("@")
    timeframe = None
    if channel.startswith("kline_"):
        channel, _, length = channel.partition("_")
        timeframe = _TIMEFRAMES.get(length)
        if timeframe is None:
            return None
    if channel == "aggTrade":
        channel = "trade"
    if market is None or channel not in _CHANNELS or (detail and channel in {"kline", "trade"}):
        return None
    return Stream(name, market, channel, timeframe, now_ms)


def events_of(stream: Stream, now_ms: int) -> list[_Event]:
    """Return what happened on a stream since it was last looked at."""
    after_ms, stream.seen_ms = stream.seen_ms, max(now_ms, stream.seen_ms)
    if now_ms <= after_ms or stream.market.price(now_ms) is None:
        return []
    return list(_CHANNELS[stream.channel](stream, after_ms, now_ms))


def _klines(stream: Stream, after_ms: int, now_ms: int) -> Iterator[_Event]:
    timeframe = stream.timeframe or Timeframe.M1
    first_ms = after_ms - after_ms % timeframe.ms
    span = (now_ms - first_ms) // timeframe.ms + 1
    rows = stream.market.klines(timeframe, now_ms, limit=span + 1, start_ms=first_ms)
    for open_ms, candle in rows:
        close_ms = open_ms + timeframe.ms
        closed = close_ms <= now_ms
        if close_ms > after_ms:
            at_ms = close_ms if closed else now_ms
            yield _kline(stream, timeframe, open_ms, candle, at_ms=at_ms, closed=closed)


def _kline(
    stream: Stream,
    timeframe: Timeframe,
    open_ms: int,
    candle: Candle,
    *,
    at_ms: int,
    closed: bool,
) -> _Event:
    symbol = stream.market.pair.exchange_id
    return {
        "e": "kline",
        "E": at_ms,
        "s": symbol,
        "k": {
            "t": open_ms,
            "T": open_ms + timeframe.ms - 1,
            "s": symbol,
            "i": timeframe.value,
            "o": text_of(candle.open),
            "c": text_of(candle.close),
            "h": text_of(candle.high),
            "l": text_of(candle.low),
            "v": text_of(candle.volume),
            "n": 1,
            "x": closed,
            "q": text_of(candle.volume * candle.close),
            "V": text_of(candle.volume / 2),
            "Q": text_of(candle.volume * candle.close / 2),
        },
    }


def _trades(stream: Stream, after_ms: int, now_ms: int) -> Iterator[_Event]:
    market = stream.market
    for leg in legs_between(market, after_ms, now_ms):
        amount = leg.volume_per_ms * (leg.end_ms - leg.start_ms)
        if amount < market.rules.amount_step:
            continue
        at_ms = round(leg.end_ms)
        tick = market.rules.price_tick
        yield {
            "e": "trade",
            "E": at_ms,
            "T": at_ms,
            "s": market.pair.exchange_id,
            "t": at_ms,
            "a": at_ms,
            "p": text_of(round(round(leg.end_price / tick) * tick, 10)),
            "q": text_of(round(amount, 8)),
            "m": leg.end_price < leg.start_price,
        }


def _book(stream: Stream, after_ms: int, now_ms: int) -> Iterator[_Event]:
    price = stream.market.price(now_ms)
    if price is None:
        return
    ladder = depth(stream.market, price, now_ms, levels=_LEVELS)
    view = stream.book
    sides = {}
    for side, name in (("b", "bids"), ("a", "asks")):
        levels: list[list[str]] = ladder[name]
        shown = {level[0] for level in levels}
        gone = sorted(view.levels[side] - shown)
        sides[side] = levels + [[at, "0"] for at in gone]
        view.levels[side] = shown
    previous = view.last_id or after_ms  # no hole between a snapshot and the first event
    view.last_id = now_ms
    event = {"e": "depthUpdate", "E": now_ms, "s": stream.market.pair.exchange_id,
             "U": previous + 1, "u": now_ms, **sides}  # fmt: skip
    if stream.market.pair.market is Market.PERPETUAL:
        event |= {"T": now_ms, "pu": previous}
    yield event


def _best(stream: Stream, _: int, now_ms: int) -> Iterator[_Event]:
    best = book_ticker(stream.market, stream.market.price(now_ms) or 0.0, now_ms)
    yield {
        "e": "bookTicker",
        "u": now_ms,
        "E": now_ms,
        "T": now_ms,
        "s": best["symbol"],
        "b": best["bidPrice"],
        "B": best["bidQty"],
        "a": best["askPrice"],
        "A": best["askQty"],
    }


def _day(stream: Stream, _: int, now_ms: int) -> Iterator[_Event]:
    day = day_ticker(stream.market, stream.market.price(now_ms) or 0.0, now_ms)
    yield {
        "e": "24hrTicker",
        "E": now_ms,
        "s": day["symbol"],
        "p": day["priceChange"],
        "P": day["priceChangePercent"],
        "c": day["lastPrice"],
        "o": day["openPrice"],
        "h": day["highPrice"],
        "l": day["lowPrice"],
        "v": day["volume"],
        "q": day["quoteVolume"],
        "O": day["openTime"],
        "C": day["closeTime"],
    }


def _mark(stream: Stream, _: int, now_ms: int) -> Iterator[_Event]:
    market = stream.market
    price = market.price(now_ms, kind=SeriesKind.MARK) or market.price(now_ms)
    yield {
        "e": "markPriceUpdate",
        "E": now_ms,
        "s": market.pair.exchange_id,
        "p": text_of(price or 0.0),
    }


_CHANNELS: Final[Mapping[str, Callable[[Stream, int, int], Iterator[_Event]]]] = {
    "kline": _klines,
    "trade": _trades,
    "depth": _book,
    "bookTicker": _best,
    "ticker": _day,
    "markPrice": _mark,
}
