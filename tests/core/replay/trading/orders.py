"""Orders and markets for tests of the trading side."""

from __future__ import annotations

from typing import Any

import numpy as np

from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_core.replay import RecordedMarket
from proratio_core.replay.trading.orders import Order, OrderKind, OrderStatus, Side, Ticket
from proratio_core.values import Pair, Timeframe
from tests.wire.markets import RULES, SPOT, START

START_MS = to_ms(START)
HOUR_MS = Timeframe.H1.ms

BARS = [
    # open, high, low, close, volume
    (100.0, 110.0, 90.0, 105.0, 36.0),
    (105.0, 106.0, 95.0, 96.0, 36.0),
    (80.0, 85.0, 78.0, 84.0, 36.0),  # opens far below the last close
]


def market_of(*bars: tuple[float, ...], pair: Pair = SPOT, **parts: Any) -> RecordedMarket:
    """Return a market with these hourly candles."""
    table = np.array(bars or BARS, np.float64).T
    names = ("open", "high", "low", "close", "volume")
    times = START_MS + np.arange(table.shape[1], dtype=np.int64) * HOUR_MS
    frame = make_frame(times, dict(zip(names, table, strict=True)))
    return RecordedMarket(pair, RULES, {Timeframe.H1: frame}, **parts)


def ticket(
    side: Side = Side.BUY, kind: OrderKind = OrderKind.LIMIT, amount: float = 1.0, **more: Any
) -> Ticket:
    """Return an order for a pair that costs about a hundred."""
    return Ticket(more.pop("pair", SPOT), side, kind, amount, **more)


def order_of(asked: Ticket, **changes: Any) -> Order:
    """Return an order as accepted."""
    values: dict[str, Any] = {
        "id": 1,
        "created_ms": START_MS,
        "updated_ms": START_MS,
        "status": OrderStatus.NEW,
        "triggered": not asked.kind.is_stop,
    }
    return Order(ticket=asked, **(values | changes))
