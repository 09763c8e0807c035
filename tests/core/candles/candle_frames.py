"""Candle frames to test with: small, valid, and seeded."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe

START = datetime(2024, 1, 1, tzinfo=UTC)
NOW = datetime(2024, 6, 1, tzinfo=UTC)
SPOT = SeriesKey("binance", Pair.parse("BTC/USDT"), Timeframe.H1)
PERPETUAL = SeriesKey("binance", Pair.parse("BTC/USDT:USDT"), Timeframe.H1)
MARK = SeriesKey("binance", PERPETUAL.pair, Timeframe.H1, SeriesKind.MARK)
FUNDING = SeriesKey("binance", PERPETUAL.pair, Timeframe.H1, SeriesKind.FUNDING)


def candles(
    count: int = 24,
    *,
    start: datetime = START,
    timeframe: Timeframe = Timeframe.H1,
    seed: int = 1,
) -> pd.DataFrame:
    """Return valid candles without gaps; fewer are the beginning of more."""
    random = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(random.standard_normal(count) * 0.002)), 2)
    opened = np.concatenate(([100.0], close[:-1]))[:count]
    values = {
        "open": opened,
        "high": np.round(np.maximum(opened, close) + 0.05, 2),
        "low": np.round(np.minimum(opened, close) - 0.05, 2),
        "close": close,
        "volume": np.round(np.random.default_rng([seed, 1]).lognormal(3, 1, count), 3),
    }
    return make_frame(to_ms(start) + np.arange(count, dtype=np.int64) * timeframe.ms, values)


def funding(count: int = 9, *, start: datetime = START, hours: int = 8) -> pd.DataFrame:
    """Return funding rates at a fixed interval."""
    times = to_ms(start) + np.arange(count, dtype=np.int64) * hours * 3_600_000
    return make_frame(times, {"funding_rate": np.linspace(-0.0001, 0.0003, count)})
