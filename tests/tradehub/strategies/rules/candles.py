"""Candles drawn by hand or by seed, for rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from proratio_core.candles.frame import make_frame
from proratio_tradehub.strategies.rules import RULES, AgentRule, Rule, reads_funding

JUDGING = {name: rule for name, rule in RULES.items() if not isinstance(rule, AgentRule)}
"""The rules that look at candles; the agent's leaves all of it to the panel."""


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


def candles_for(rule: Rule, seed: int, rows: int) -> pd.DataFrame:
    """Return a random walk with every column the rule reads."""
    frame = random_candles(seed, rows)
    if not reads_funding(rule):
        return frame
    settled = np.random.default_rng(seed).normal(0, 0.0002, rows // 8 + 1)
    return frame.assign(funding_rate=np.repeat(settled, 8)[:rows])


def ema(values: np.ndarray, period: int) -> np.ndarray:
    """Return the exponential average seeded with the first simple average, as TA-Lib does."""
    result = np.full(len(values), np.nan)
    result[period - 1] = values[:period].mean()
    for row in range(period, len(values)):
        result[row] = result[row - 1] + 2 / (period + 1) * (values[row] - result[row - 1])
    return result


def rsi(values: np.ndarray, period: int) -> np.ndarray:
    """Return Wilder's RSI from his book's recurrence."""
    change = np.diff(values)
    up, down = np.maximum(change, 0), np.maximum(-change, 0)
    gain, loss = up[:period].mean(), down[:period].mean()
    result = np.full(len(values), np.nan)
    result[period] = 100 * gain / (gain + loss)
    for row in range(period, len(change)):
        gain += (up[row] - gain) / period
        loss += (down[row] - loss) / period
        result[row + 1] = 100 * gain / (gain + loss)
    return result
