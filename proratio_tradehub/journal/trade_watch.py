"""Looks, once a loop, at what Freqtrade's trades have come to, and has it told and stored.

Freqtrade's own database is the truth: what was missed, because the process was killed or
PostgreSQL was away, differs from what the table says and is found when the bot starts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Protocol

from proratio_tradehub.journal.account_trade import AccountTrade
from proratio_tradehub.journal.entry import Kind
from proratio_tradehub.journal.journal import Journal
from proratio_tradehub.journal.order_entries import (
    OrderState,
    note_exit,
    note_orders,
    order_states,
)
from proratio_tradehub.journal.trade_figures import TradeKey, account_trade, trade_key
from proratio_tradehub.journal.trade_mirror import TradeMirror
from proratio_tradehub.journal.unhindered import unhindered

__all__ = ["TradeBook", "TradeWatch"]

_KEPT_AFTER_CLOSE: Final = timedelta(minutes=15)
"""Freqtrade learns the fees of the last order some loops later."""
_STOP_EVERY: Final = timedelta(minutes=1)
_HISTORY_PER_LOOK: Final = 200
_GONE: Final = "gone from Freqtrade's database"


class TradeBook(Protocol):
    """Freqtrade's trades, with their orders."""

    def current(self, ids: Collection[int], from_id: int) -> Sequence[Any]:
        """Return the open ones, those of these numbers, and those numbered `from_id` and above."""
        ...

    def newest_id(self) -> int:
        """Return the highest number there is; 0 without any trade."""
        ...

    def closed(self, above_id: int, limit: int) -> Sequence[Any]:
        """Return the first closed ones numbered above `above_id`, in that sequence."""
        ...


@dataclass(slots=True)
class _Watched:
    """What was last seen of a trade."""

    trade_id: int
    figures: AccountTrade | None = None
    orders: tuple[OrderState, ...] = ()
    tag: str | None = None
    stop_price: float | None = None
    stop_noted_at: datetime | None = None
    let_go_at: datetime | None = None


class TradeWatch:
    """Watches the trades of one bot.

    Parameters
    ----------
    journal, mirror
        Where it is told and stored.
    book
        Freqtrade's trades; asked in the trading thread alone.
    intents
        Order -> name of the intent it was sent for, where that is known.
    on_entry
        Told of a trade of which a part was filled for the first time since this process began.
    """

    def __init__(
        self,
        journal: Journal,
        mirror: TradeMirror,
        book: TradeBook,
        *,
        intents: Mapping[str, str] = MappingProxyType({}),
        on_entry: Callable[[Any], None] = lambda _: None,
    ) -> None:
        self._journal = journal
        self._mirror = mirror
        self._book = book
        self._intents = intents
        self._on_entry = on_entry
        self._watched: dict[TradeKey, _Watched] = {}
        self._next_id: int | None = None
        self._history_id: int | None = 0
        self._is_compared = False

    @unhindered
    def look(self, now: datetime) -> None:
        """Tell and store whatever has changed since the last look."""
        if self._history_id is not None and self._mirror.stored is not None:
            self._watch_stored(self._mirror.stored)
            self._read_history(self._history_id, self._mirror.stored, now)
        if self._next_id is None:
            self._next_id = self._book.newest_id() + 1
        ids = {watched.trade_id for watched in self._watched.values()}
        trades = {trade_key(one): one for one in self._book.current(ids, self._next_id)}
        for key, trade in trades.items():
            self._see(key, trade, now)
            self._next_id = max(self._next_id, trade.id + 1)
        for key in self._watched.keys() - trades.keys():
            self._gone(key, self._watched.pop(key), now)
        over = [key for key, one in self._watched.items() if one.let_go_at and now >= one.let_go_at]
        for key in over:
            del self._watched[key]

    def _see(self, key: TradeKey, trade: Any, now: datetime) -> None:
        watched = self._watched.get(key)
        if watched is None:
            if not trade.is_open and self._history_id is not None:
                return  # `_read_history` comes to it
            watched = self._watched[key] = _Watched(trade.id, tag=trade.enter_tag)
        figures, orders = account_trade(trade, self._mirror.account), order_states(trade)
        if orders != watched.orders:
            note_orders(self._journal, trade, now, intents=self._intents)
        if figures is not None and figures != watched.figures:
            self._mirror.put(figures)
            if watched.figures is None:
                self._on_entry(trade)
            note_exit(self._journal, trade, figures)
        watched.figures, watched.orders = figures, orders
        if figures is not None and figures.is_open:
            self._note_stop(key, trade, watched, now)
        if not trade.is_open and watched.let_go_at is None:
            watched.let_go_at = now + _KEPT_AFTER_CLOSE

    def _note_stop(self, key: TradeKey, trade: Any, watched: _Watched, now: datetime) -> None:
        """Note where the stop stands now, once a minute at most."""
        stop_price, noted_at = trade.stop_loss or None, watched.stop_noted_at
        is_due = noted_at is None or now - noted_at >= _STOP_EVERY
        if stop_price == watched.stop_price or not is_due:
            return
        self._journal.note(
            Kind.STOP,
            *(*key, stop_price),
            at=now,
            document={"stop_price": stop_price, "before": watched.stop_price},
            symbol=trade.pair,
            signal_id=trade.enter_tag,
            trade_id=trade.id,
        )
        watched.stop_price, watched.stop_noted_at = stop_price, now

    def _gone(self, key: TradeKey, watched: _Watched, now: datetime) -> None:
        """Tell what became of a trade that Freqtrade does not know any more.

        It drops one of which nothing was filled; everything else somebody has removed.
        """
        symbol, _ = key
        names: dict[str, Any] = {"symbol": symbol, "trade_id": watched.trade_id}
        for order_id, is_open, filled, _ in watched.orders:
            if is_open:
                why = {"reason": _GONE, "filled": filled}
                self._journal.note(
                    Kind.CANCEL,
                    *(symbol, order_id),
                    at=now,
                    document=why,
                    order_id=order_id,
                    signal_id=watched.tag,
                    **names,
                )
        if watched.figures is None:
            return
        what = {"what": f"a trade is {_GONE}", "amount": watched.figures.amount}
        self._journal.note(
            Kind.INCIDENT, *key, "gone", at=now, document=what, signal_id=watched.tag, **names
        )
        if watched.figures.is_open:
            gone = replace(watched.figures, is_open=False, closed_at=now, exit_reason=_GONE)
            self._mirror.put(gone)

    def _watch_stored(self, stored: Mapping[TradeKey, AccountTrade]) -> None:
        """Watch, once, what the table holds for open, so that it is missed when it is gone."""
        if self._is_compared:
            return
        self._is_compared = True
        for key, trade in stored.items():
            if trade.is_open and key not in self._watched:
                self._watched[key] = _Watched(trade.trade_id, trade, tag=trade.enter_tag)

    def _read_history(
        self, above_id: int, stored: Mapping[TradeKey, AccountTrade], now: datetime
    ) -> None:
        """Catch up on closed trades, some at each look; of what the table has, nothing is told."""
        trades = self._book.closed(above_id, _HISTORY_PER_LOOK)
        for trade in trades:
            figures = account_trade(trade, self._mirror.account)
            if figures is not None and stored.get(trade_key(trade)) != figures:
                note_orders(self._journal, trade, now)
                note_exit(self._journal, trade, figures)
                self._mirror.put(figures)
        self._history_id = trades[-1].id if trades else None
        if not trades:
            self._mirror.stored = {}
