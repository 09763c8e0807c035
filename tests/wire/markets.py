"""Recorded markets made of arithmetic: every price is different, so a wrong row shows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_core.exchange import MarketRules
from proratio_core.replay import RecordedMarket
from proratio_core.values import Pair, Timeframe

START = datetime(2024, 1, 1, tzinfo=UTC)
RULES = MarketRules(price_tick=0.01, amount_step=0.001, min_amount=0.001, min_cost=5.0)
SPOT, PERPETUAL = Pair.parse("BTC/USDT"), Pair.parse("BTC/USDT:USDT")


def candles(
    count: int,
    *,
    timeframe: Timeframe = Timeframe.H1,
    start: datetime = START,
    without: Collection[int] = (),
    level: float = 40_000.0,
) -> pd.DataFrame:
    """Return `count` candles on a wave, without the rows in `without`."""
    rows = np.setdiff1d(np.arange(count, dtype=np.int64), np.array(sorted(without), np.int64))
    opened = np.round(level * (1 + 0.1 * np.sin(rows / 17)) + rows * 0.01, 2)
    closed = np.round(level * (1 + 0.1 * np.sin((rows + 1) / 17)) + rows * 0.01, 2)
    values = {
        "open": opened,
        "high": np.round(np.maximum(opened, closed) * 1.001, 2),
        "low": np.round(np.minimum(opened, closed) * 0.999, 2),
        "close": closed,
        "volume": np.round(10 + rows % 97 + 0.123, 3),
    }
    return make_frame(to_ms(start) + rows * timeframe.ms, values)


def funding(count: int, *, every_hours: int = 8, without: Collection[int] = ()) -> pd.DataFrame:
    """Return `count` funding rates, without the rows in `without`."""
    rows = np.setdiff1d(np.arange(count, dtype=np.int64), np.array(sorted(without), np.int64))
    times = to_ms(START) + rows * every_hours * Timeframe.H1.ms
    return make_frame(times, {"funding_rate": np.round(0.0001 + rows * 1e-8, 8)})


def spot_market(frame: pd.DataFrame, timeframe: Timeframe = Timeframe.H1) -> RecordedMarket:
    """Return a spot market with one recorded timeframe."""
    return RecordedMarket(SPOT, RULES, {timeframe: frame})


def perpetual_market(hours: int) -> RecordedMarket:
    """Return a perpetual market with candles, mark prices and funding rates."""
    traded, mark = candles(hours), candles(hours, level=40_010.0).assign(volume=0.0)
    return RecordedMarket(
        PERPETUAL, RULES, {Timeframe.H1: traded}, {Timeframe.H1: mark}, funding(hours // 8)
    )
