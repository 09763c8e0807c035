"""What the page Market reads; a span has no more candles than a person can tell apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from proratio_core.candles.store import CandleStore, StoredSeries
from proratio_core.database import Database
from proratio_core.values import SeriesKind, Timerange
from proratio_quantlab.results import ResultStore
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.market.pane import (
    Book,
    Deal,
    Pane,
    Ruling,
    deal_of_run,
    deal_of_trade,
    with_indicators,
)
from proratio_tradehub.dashboard.reading import rows
from proratio_tradehub.dashboard.subject import Subject
from proratio_tradehub.journal import Kind, read_entries, read_trades

__all__ = ["read_book", "read_markets", "read_pane", "read_verdict"]

_WARM_UP: Final = 100
"""Candles before the span, so that its first averages are already those of many candles."""

_NEWEST: Final = "SELECT max(open_time) FROM candle WHERE series_id = %s"
_RULINGS: Final = (
    "SELECT DISTINCT ON (as_of) vote.id, as_of, action, score, degraded FROM vote "
    "WHERE series_id = %s AND as_of >= %s AND as_of <= %s ORDER BY as_of, vote.id DESC"
)
_BOOK: Final = (
    "SELECT seen_at, bid_prices, bid_amounts, ask_prices, ask_amounts FROM book_snapshot "
    "WHERE tape_id = (SELECT id FROM tape WHERE exchange = %s AND symbol = %s) "
    "ORDER BY seen_at DESC LIMIT 1"
)
_RUN: Final = "SELECT specification_hash FROM backtest_run WHERE id = %s"


def read_markets(database: Database, exchange: str) -> tuple[StoredSeries, ...]:
    """Return the series of traded candles of an exchange."""
    found = CandleStore(database).series(exchange=exchange)
    return tuple(one for one in found if one.key.kind is SeriesKind.CANDLE)


def read_pane(
    database: Database,
    stored: StoredSeries,
    subject: Subject,
    *,
    candles: int,
    until: datetime | None = None,
) -> Pane | None:
    """Return the last candles of a series with what was done and said on them.

    Parameters
    ----------
    database
        Where they are.
    stored
        The series.
    subject
        Whose trades.
    candles
        How many.
    until
        The span ends before this moment; None is the newest candle.
    """
    step = timedelta(milliseconds=stored.key.timeframe.ms)
    end = until or _end(database, stored, step)
    if end is None:
        return None
    begin = end - candles * step
    frame = CandleStore(database).read(stored.key, Timerange(begin - _WARM_UP * step, end))
    if frame.empty:
        return None
    shown = with_indicators(frame)
    shown = shown[shown["date"] >= begin].reset_index(drop=True)
    rulings = rows(database, _RULINGS, (stored.id, begin, end))
    return Pane(
        stored,
        shown,
        tuple(_deals(database, subject, str(stored.key.pair), begin=begin, end=end)),
        tuple(Ruling(one, at, Action.from_code(code), *rest) for one, at, code, *rest in rulings),
    )


def read_book(database: Database, stored: StoredSeries) -> Book | None:
    """Return the newest order book of a market; None where nobody streams it."""
    found = rows(database, _BOOK, (stored.key.exchange, str(stored.key.pair)))
    if not found:
        return None
    seen_at, bids, bid_amounts, asks, ask_amounts = found[0]
    return Book(
        seen_at,
        tuple(zip(bids, bid_amounts, strict=True)),
        tuple(zip(asks, ask_amounts, strict=True)),
    )


def read_verdict(database: Database, account: str, deal: Deal) -> dict[str, object] | None:
    """Return what the risk profile said of an entry; None where the journal has nothing."""
    found = read_entries(
        database, account, kinds=(Kind.VERDICT,), signal_id=deal.tag or None, newest=1,
        until=deal.opened_at + timedelta(minutes=1),
    )  # fmt: skip
    return dict(found[0].document) if found and deal.tag else None


def _end(database: Database, stored: StoredSeries, step: timedelta) -> datetime | None:
    ((newest,),) = rows(database, _NEWEST, (stored.id,))
    return None if newest is None else newest + step


def _deals(
    database: Database, subject: Subject, symbol: str, *, begin: datetime, end: datetime
) -> list[Deal]:
    if subject.account is not None:
        trades = read_trades(database, subject.account, begin, end)
        return [deal_of_trade(trade) for trade in trades if trade.symbol == symbol]
    ((specification_hash,),) = rows(database, _RUN, (subject.run_id,))
    result = ResultStore(database).find(specification_hash)
    if result is None:
        return []
    return [
        deal_of_run(trade)
        for trade in result.trades
        if trade.pair == symbol and trade.closed_at >= begin and trade.opened_at < end
    ]
