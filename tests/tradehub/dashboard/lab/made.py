"""Lines of the list, made by hand."""

from __future__ import annotations

from dataclasses import replace

from proratio_tradehub.dashboard.lab.runs import RunLine
from tests.tradehub.dashboard.drawing import NOW

GATED = RunLine(
    hash="a" * 64,
    strategy="AIEnhancedTrend",
    pairs=("BTC/USDT", "ETH/USDT"),
    exchange="binance",
    timeframe="1h",
    timerange="20240101-20250101",
    profile="offline",
    parameters={},
    created_at=NOW,
    simulated=False,
    rule_based=True,
    profit_frac=0.0123,
    max_drawdown_frac=0.02,
    sharpe=1.25,
    sharpe_half=1.9,
    trades=32,
    refused=3,
)
UNGATED = replace(
    GATED, hash="b" * 64, profile=None, rule_based=False, simulated=True, parameters={"rsi": 70}
)
