"""A market with a trade and votes, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from proratio_core.candles.store import StoredSeries
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.market.pane import Book, Deal, Pane, Ruling, with_indicators
from tests.core.candles.candle_frames import SPOT, START, candles

HOUR = timedelta(hours=1)
SEEN = datetime(2024, 1, 3, tzinfo=UTC)
TAG = "offline@2024-01-01T05:00Z"
BOOK = Book(SEEN, ((99.0, 1.0), (98.0, 2.0)), ((101.0, 3.0), (102.0, 0.5)))
RULINGS = (
    Ruling(7, START + 5 * HOUR, Action.BUY, 0.71, degraded=False),
    Ruling(8, START + 6 * HOUR, Action.HOLD, 0.3, degraded=True),
)


def a_deal(**changes: Any) -> Deal:
    """Return a long trade that won a tenth."""
    usual: dict[str, Any] = {
        "opened_at": START + 5 * HOUR,
        "open_rate": 100.0,
        "closed_at": START + 9 * HOUR,
        "close_rate": 110.0,
        "side": "long",
        "profit_quote": 9.79,
        "profit_frac": 0.0978,
        "reason": "roi",
        "tag": TAG,
        "stop_price": 95.0,
    }
    return Deal(**(usual | changes))


def a_pane(*deals: Deal) -> Pane:
    """Return two days of hourly candles with these trades."""
    frame = with_indicators(candles(48))
    return Pane(StoredSeries(SPOT, 1, 1, 1), frame, deals or (a_deal(),), RULINGS)
