"""Candles drawn by hand or by seed, for rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from proratio_core.candles.frame import make_frame


def candles_of(closes: Sequence[float], volumes: Sequence[float] | None = None) -> pd.DataFrame:
    """Return hourly candles with these closes and, unless given, a volume of 1."""
    close = np.asarray(closes, np.float64)
    opens = np.concatenate((close[:1], close[:-1]))
    volume = np.ones(len(close)) if volumes is None else np.asarray(volumes, np.float64)
    values = {
        "open": opens,
        "high": np.maximum(opens, close),
        "low": np.minimum(opens, close),
        "close": close,
        "volume": volume,
    }
    return make_frame(np.arange(len(close), dtype=np.int64) * 3_600_000, values)


def random_candles(seed: int, rows: int) -> pd.DataFrame:
    """Return a seeded random walk."""
    random = np.random.default_rng(seed)
    closes = 100 * np.exp(np.cumsum(random.normal(0, 0.01, rows)))
    return candles_of(closes, random.gamma(2, 5, rows))
