"""Orders made by hand, and scripts that stand for a backtest."""

from __future__ import annotations

import sys
from datetime import date

from proratio_core.values import Pair, Timeframe
from proratio_tradehub.dashboard.launching import BacktestOrder, StoredCandles

BTC, ETH = Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")
STORED = (StoredCandles("binance", Timeframe.H1, (BTC, ETH, Pair.parse("BTC/USDT:USDT"))),)
ORDER = BacktestOrder(
    "AIEnhancedTrend",
    "binance",
    Timeframe.H1,
    (BTC,),
    date(2024, 1, 1),
    date(2024, 3, 31),
    "offline",
)
_STEP = 'print(\'{"stage": "Backtesting", "percent": 40}\', file=sys.stderr, flush=True);'


def script(text: str) -> tuple[str, ...]:
    """Return a command that states a step and then runs `text`."""
    return (sys.executable, "-c", f"import os, sys, time; {_STEP} {text}")
