"""Trades and order books in real time. What happens while the line is down is not recovered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

import structlog

from proratio_core.clock import Clock, to_ms
from proratio_core.errors import TransientError
from proratio_core.exchange.listener import MarketListener, PublicTrade
from proratio_core.streaming.backoff import pause
from proratio_core.streaming.lines import keep_listening, run_together
from proratio_core.streaming.tape_store import TapeStore
from proratio_core.values import Pair

__all__ = ["TapePlan", "TapeStream"]

_T = TypeVar("_T")

_log = structlog.get_logger(__name__)

_FLUSH_S: Final = 0.5
_MOST_WAITING: Final = 200_000
"""Trades held while the database is away; beyond it the oldest are lost, and the log says so."""

_FORGET_EVERY_S: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class TapePlan:
    """What is kept besides candles, and for how long.

    Parameters
    ----------
    trades
        Whether trades are kept.
    book_every_s
        Seconds between two snapshots of a book; None for none.
    keep_trades, keep_books
        What is older is deleted.
    """

    trades: bool = False
    book_every_s: float | None = None
    keep_trades: timedelta = timedelta(days=7)
    keep_books: timedelta = timedelta(days=30)


class TapeStream:
    """Keeps trades and books until it is cancelled. Used on one event loop.

    Parameters
    ----------
    listeners
        One for each market, with the pairs it listens to.
    store
        Where they go.
    plan
        What is wanted.
    clock
        What time it is.
    """

    def __init__(
        self,
        listeners: Sequence[tuple[MarketListener, Sequence[Pair]]],
        store: TapeStore,
        plan: TapePlan,
        *,
        clock: Clock,
    ) -> None:
        self._listeners, self._store, self._plan, self._clock = listeners, store, plan, clock
        self._waiting: list[PublicTrade] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="tape-write")
        self.trades = self.books = self.lost_trades = 0

    async def run(self) -> None:
        """Listen, store and forget until cancelled; then store what was heard and return.

        Raises
        ------
        ConfigurationError, DataError
            The set-up is wrong, or the exchange does not have a market.
        """
        tasks = [self._forget()]
        for listener, pairs in self._listeners:
            if self._plan.trades:
                tasks.append(self._listen_trades(listener, pairs))
            if self._plan.book_every_s is not None:
                tasks.append(self._listen_books(listener, pairs))
        if self._plan.trades:
            tasks.append(self._flush())
        if self._plan.book_every_s is not None:
            tasks.append(self._snapshot(self._plan.book_every_s))
        try:
            await run_together(*tasks)
        finally:
            await asyncio.shield(self._flush_once())
            self._writer.shutdown(wait=True)

    async def _listen_trades(self, listener: MarketListener, pairs: Sequence[Pair]) -> None:
        def hear(trades: Sequence[PublicTrade]) -> None:
            self._waiting += trades
            if (surplus := len(self._waiting) - _MOST_WAITING) > 0:
                del self._waiting[:surplus]
                self.lost_trades += surplus
                _log.error("trades lost", trades=surplus, reason="the database is away too long")

        await keep_listening(partial(listener.watch_trades, pairs, hear), clock=self._clock)

    async def _listen_books(self, listener: MarketListener, pairs: Sequence[Pair]) -> None:
        await keep_listening(partial(listener.watch_books, pairs), clock=self._clock)

    async def _flush(self) -> None:
        while True:
            await self._flush_once()
            await asyncio.sleep(_FLUSH_S)

    async def _flush_once(self) -> None:
        if not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        try:
            self.trades += await self._in_thread(partial(self._store.add_trades, batch))
        except TransientError as error:
            self._waiting = batch + self._waiting
            _log.warning("trades wait", trades=len(self._waiting), reason=str(error))

    async def _snapshot(self, every_s: float) -> None:
        while True:
            now_s = self._clock.now().timestamp()
            await pause(self._clock, every_s - now_s % every_s)
            now_ms = to_ms(self._clock.now())
            for listener, pairs in self._listeners:
                for pair in pairs:
                    book = listener.book(pair, now_ms=now_ms)
                    if book is None:
                        _log.warning("no book to keep", pair=str(pair), reason="not heard yet")
                        continue
                    try:
                        await self._in_thread(partial(self._store.add_book, book))
                        self.books += 1
                    except TransientError as error:
                        _log.warning("book not stored", pair=str(pair), reason=str(error))

    async def _forget(self) -> None:
        while True:
            now = self._clock.now()
            forget = partial(
                self._store.forget,
                trades_before=now - self._plan.keep_trades,
                books_before=now - self._plan.keep_books,
            )
            try:
                trades, books = await self._in_thread(forget)
                if trades or books:
                    _log.info("forgotten", trades=trades, books=books)
            except TransientError as error:
                _log.warning("nothing forgotten", reason=str(error))
            await pause(self._clock, _FORGET_EVERY_S)

    async def _in_thread(self, call: Callable[[], _T]) -> _T:
        """Return what `call` does; once begun, it is finished whatever is cancelled."""
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._writer, call))
