"""What the page Now reads from PostgreSQL; each query looks at a few rows by an index."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from proratio_core.database import Database
from proratio_tradehub.dashboard.now.figures import Holding, Incident, LastVote, newest_first
from proratio_tradehub.dashboard.reading import rows
from proratio_tradehub.dashboard.subject import Subject
from proratio_tradehub.journal import Kind, incident_line, read_entries, read_trades

__all__ = ["read_holdings", "read_incidents", "read_last_votes"]

_PRICES: Final = (
    "SELECT DISTINCT ON (symbol) symbol, candle.close FROM series, LATERAL "
    "(SELECT open_time, close FROM candle WHERE series_id = series.id "
    "ORDER BY open_time DESC LIMIT 1) AS candle "
    "WHERE exchange = %s AND symbol = ANY(%s) AND kind = 'candle' "
    "ORDER BY symbol, open_time DESC"
)
"""The newest close of each pair, of whatever length its candles are."""

_VOTES: Final = (
    "WITH newest AS (SELECT vote.id, symbol, timeframe, profile.name, vote.as_of, vote.action, "
    "vote.score, vote.dissent, vote.degraded, profile_id FROM series, profile, LATERAL "
    "(SELECT * FROM vote WHERE series_id = series.id AND profile_id = profile.id "
    "ORDER BY as_of DESC, attempt DESC LIMIT 1) AS vote WHERE exchange = %s) "
    "SELECT id, symbol, timeframe, name, as_of, action, score, dissent, degraded FROM newest "
    "WHERE profile_id = (SELECT profile_id FROM newest ORDER BY as_of DESC, id DESC LIMIT 1) "
    "ORDER BY as_of DESC, symbol LIMIT %s"
)
_ORDERS: Final = (
    "SELECT decided_at, action, decided_by, reason FROM halt_event ORDER BY id DESC LIMIT %s"
)
_LOOK_BACK: Final = timedelta(days=30)


def read_holdings(database: Database, subject: Subject) -> tuple[Holding, ...]:
    """Return what an account holds, the oldest position first."""
    trades = read_trades(database, subject.key, is_open=True)
    symbols = [trade.symbol for trade in trades]
    prices = dict(rows(database, _PRICES, (subject.exchange, symbols)))
    return tuple(
        Holding(
            *(trade.symbol, trade.side, trade.opened_at, trade.amount, trade.open_rate),
            *(prices.get(trade.symbol), trade.stop_price, trade.leverage),
        )
        for trade in trades
    )


def read_last_votes(database: Database, exchange: str, *, most: int) -> tuple[LastVote, ...]:
    """Return the newest vote on every pair of the panel last heard of, the newest first."""
    return tuple(LastVote(*row) for row in rows(database, _VOTES, (exchange, most)))


def read_incidents(
    database: Database, account: str, *, now: datetime, most: int
) -> tuple[Incident, ...]:
    """Return what went wrong and what was ordered lately, the newest first."""
    entries = read_entries(database, account, now - _LOOK_BACK, kinds=(Kind.INCIDENT,), newest=most)
    told = [Incident(entry.at, "incident", incident_line(entry)) for entry in entries]
    ordered = [
        Incident(at, action, f"{reason} ({by})")
        for at, action, by, reason in rows(database, _ORDERS, (most,))
    ]
    return newest_first((*told, *ordered), most)
