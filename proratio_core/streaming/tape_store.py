"""Public trades and order books in PostgreSQL, kept for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg2.extras import execute_values

from proratio_core.clock import from_ms
from proratio_core.database import Database
from proratio_core.exchange.listener import BookSnapshot, PublicTrade
from proratio_core.values import Pair

__all__ = ["TapeStore"]


class TapeStore:
    """Writes what one exchange's markets did, and forgets what is old.

    Parameters
    ----------
    database
        Where it is kept.
    exchange
        Whose markets.
    """

    def __init__(self, database: Database, exchange: str) -> None:
        self._database, self._exchange = database, exchange
        self._ids: dict[Pair, int] = {}

    def add_trades(self, trades: Sequence[PublicTrade]) -> int:
        """Store trades, each once however often it is told; return how many were new.

        Raises
        ------
        TransientError
            The database is away; nothing was stored.
        """
        rows = [
            (self._id(t.pair), t.trade_id, from_ms(t.traded_ms), t.price, t.amount, t.is_sell)
            for t in trades
        ]
        with self._database.transaction() as cursor:
            stored = execute_values(
                cursor,
                "INSERT INTO public_trade (tape_id, trade_id, traded_at, price, amount, is_sell) "
                "VALUES %s ON CONFLICT DO NOTHING RETURNING 1",
                rows,
                fetch=True,
            )
        return len(stored)

    def add_book(self, book: BookSnapshot) -> None:
        """Store the best levels of a book.

        Raises
        ------
        TransientError
            The database is away.
        """
        sides = [
            [list(column) for column in zip(*side, strict=True)] for side in (book.bids, book.asks)
        ]
        with self._database.transaction() as cursor:
            cursor.execute(
                "INSERT INTO book_snapshot (tape_id, seen_at, bid_prices, bid_amounts, ask_prices, "
                "ask_amounts) VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (self._id(book.pair), from_ms(book.seen_ms), *sides[0], *sides[1]),
            )

    def forget(self, *, trades_before: datetime, books_before: datetime) -> tuple[int, int]:
        """Delete this exchange's older trades and books; return how many of each.

        Raises
        ------
        TransientError
            The database is away.
        """
        with self._database.transaction() as cursor:
            cursor.execute(
                "DELETE FROM public_trade WHERE traded_at < %s AND tape_id IN "
                "(SELECT id FROM tape WHERE exchange = %s)",
                (trades_before, self._exchange),
            )
            trades = cursor.rowcount
            cursor.execute(
                "DELETE FROM book_snapshot WHERE seen_at < %s AND tape_id IN "
                "(SELECT id FROM tape WHERE exchange = %s)",
                (books_before, self._exchange),
            )
            return trades, cursor.rowcount

    def _id(self, pair: Pair) -> int:
        if pair not in self._ids:
            name = (self._exchange, str(pair))
            with self._database.transaction() as cursor:
                cursor.execute(
                    "INSERT INTO tape (exchange, symbol) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                    name,
                )
                cursor.execute("SELECT id FROM tape WHERE exchange = %s AND symbol = %s", name)
                (self._ids[pair],) = cursor.fetchone() or (0,)
        return self._ids[pair]
