"""What an exchange says by itself: candles, trades and order books over ccxt's WebSockets.

ccxt passes candles on without Binance's word on whether they are finished, so candles are taken
from the messages themselves on their way through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from proratio_core.clock import Clock
from proratio_core.errors import RateLimitError
from proratio_core.exchange.ccxt_source import CcxtSource
from proratio_core.exchange.translation import translated
from proratio_core.values import Pair, SeriesKey

__all__ = ["BookSnapshot", "CandleUpdate", "MarketListener", "PublicTrade"]

_BOOK_LEVELS: Final = 20
_SNAPSHOT_LEVELS: Final = 100
"""Levels of a book that are asked for once; the cheapest number that leaves 20 after changes."""


@dataclass(frozen=True, slots=True)
class CandleUpdate:
    """A candle as it stands.

    Parameters
    ----------
    key
        Its series.
    open_ms
        Its open time.
    values
        Open, high, low, close, volume.
    is_closed
        Whether the exchange calls it finished.
    """

    key: SeriesKey
    open_ms: int
    values: tuple[float, float, float, float, float]
    is_closed: bool


@dataclass(frozen=True, slots=True)
class PublicTrade:
    """A trade between two others: when, which, at what price, how much, and who was in a hurry."""

    pair: Pair
    trade_id: int
    traded_ms: int
    price: float
    amount: float
    is_sell: bool


@dataclass(frozen=True, slots=True)
class BookSnapshot:
    """The best levels of an order book, each a price and an amount, best first."""

    pair: Pair
    seen_ms: int
    bids: tuple[tuple[float, float], ...]
    asks: tuple[tuple[float, float], ...]


class MarketListener:
    """Listens to pairs of one market, all spot or all perpetual. Used on one event loop.

    Parameters
    ----------
    source
        The exchange; it has loaded its markets.
    clock
        Measures bans.

    Raises
    ------
    ConfigurationError
        The exchange's WebSockets are not supported.
    """

    def __init__(self, source: CcxtSource, *, clock: Clock) -> None:
        self._source, self._clock = source, clock
        self._client = source.listening_client()
        self._heard_books: set[Pair] = set()

    async def watch_candles(
        self, keys: Sequence[SeriesKey], heard: Callable[[CandleUpdate], None]
    ) -> None:
        """Tell `heard` every update until the line breaks; call again to listen again.

        Raises
        ------
        TransientError
            The line broke, or was never there.
        RateLimitError
            The exchange wants silence.
        DataError
            The exchange does not have a series.
        """
        by_name = {(key.pair.exchange_id, key.timeframe.value): key for key in keys}
        pass_on = type(self._client).handle_ohlcv

        def listen(connection: Any, message: dict[str, Any]) -> None:
            key = by_name.get((message["k"]["s"], message["k"]["i"]))
            if key is not None:
                heard(_update(key, message["k"]))
            pass_on(self._client, connection, message)

        self._client.handle_ohlcv = listen
        wanted = [[str(key.pair), key.timeframe.value] for key in keys]
        while True:
            with self._translated("candles"):
                await self._client.watch_ohlcv_for_symbols(wanted)

    async def watch_trades(
        self, pairs: Sequence[Pair], heard: Callable[[Sequence[PublicTrade]], None]
    ) -> None:
        """Tell `heard` every trade; raises as `watch_candles` does."""
        symbols = [str(pair) for pair in pairs]
        while True:
            with self._translated("trades"):
                trades = await self._client.watch_trades_for_symbols(symbols)
                heard([_trade(trade) for trade in trades])

    async def watch_books(self, pairs: Sequence[Pair]) -> None:
        """Keep order books up to date for `book`; raises as `watch_candles` does."""
        symbols = [str(pair) for pair in pairs]
        try:
            while True:
                with self._translated("order books"):
                    book = await self._client.watch_order_book_for_symbols(
                        symbols, _SNAPSHOT_LEVELS
                    )
                    self._heard_books.add(Pair.parse(book["symbol"]))
        finally:
            self._heard_books.clear()

    def book(self, pair: Pair, *, now_ms: int) -> BookSnapshot | None:
        """Return the best levels of a book now; None while the line is down or it is empty."""
        if pair not in self._heard_books:
            return None
        book = self._client.orderbooks[str(pair)]
        bids, asks = (
            tuple((float(price), float(amount)) for price, amount, *_ in side[:_BOOK_LEVELS])
            for side in (book["bids"], book["asks"])
        )
        return BookSnapshot(pair, now_ms, bids, asks) if bids and asks else None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            with translated(self._client, what, clock=self._clock):
                yield
        except RateLimitError as error:
            self._source.silence.keep(error)
            raise


def _update(key: SeriesKey, kline: dict[str, Any]) -> CandleUpdate:
    """Return Binance's document of a candle as an update."""
    opened, high, low, close, volume = (float(kline[name]) for name in ("o", "h", "l", "c", "v"))
    return CandleUpdate(key, int(kline["t"]), (opened, high, low, close, volume), bool(kline["x"]))


def _trade(trade: dict[str, Any]) -> PublicTrade:
    return PublicTrade(
        pair=Pair.parse(trade["symbol"]),
        trade_id=int(trade["id"]),
        traded_ms=int(trade["timestamp"]),
        price=float(trade["price"]),
        amount=float(trade["amount"]),
        is_sell=trade["side"] == "sell",
    )
