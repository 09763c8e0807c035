"""A trade and an entry of the journal, to change one thing at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from proratio_tradehub.journal import AccountTrade, JournalEntry, Kind, event_id

ACCOUNT = "bot dry_run binance spot"
NOW = datetime(2024, 3, 14, 12, 0, 5, 250_000, tzinfo=UTC)
HOUR = timedelta(hours=1)
SIGNAL = "offline@2024-03-14T12:00Z"


def a_trade(**changes: Any) -> AccountTrade:
    """Return an open trade: one BTC bought at 100, its stop at 95."""
    usual: dict[str, Any] = {
        "account": ACCOUNT,
        "symbol": "BTC/USDT",
        "entry_order_id": "order-1",
        "trade_id": 1,
        "strategy": "Trend",
        "side": "long",
        "quote": "USDT",
        "is_open": True,
        "opened_at": NOW,
        "open_rate": 100.0,
        "amount": 1.0,
        "stake_quote": 100.0,
        "leverage": 1.0,
        "stop_price": 95.0,
        "enter_tag": SIGNAL,
        "fee_open_quote": 0.1,
        "funding_quote": 0.0,
    }
    return AccountTrade(**(usual | changes))


def closed(**changes: Any) -> dict[str, Any]:
    """Return what closing that trade at 110 an hour later changes of it."""
    return {
        "is_open": False,
        "closed_at": NOW + HOUR,
        "close_rate": 110.0,
        "exit_reason": "roi",
        "fee_close_quote": 0.11,
        "profit_quote": 9.79,
        "profit_frac": 0.0978,
    } | changes


def an_entry(kind: Kind = Kind.FILL, **changes: Any) -> JournalEntry:
    """Return an entry on that trade; another `about` is another event."""
    about = changes.pop("about", "1")
    usual: dict[str, Any] = {
        "event_id": event_id(changes.get("account", ACCOUNT), kind, about),
        "account": ACCOUNT,
        "strategy": "Trend",
        "kind": kind,
        "at": NOW,
        "symbol": "BTC/USDT",
        "signal_id": SIGNAL,
        "trade_id": 1,
        "order_id": "order-1",
        "document": {"price": 100.0},
    }
    return JournalEntry(**(usual | changes))
