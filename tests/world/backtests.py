"""Backtests on the candles of the world, by the commands a person types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

__all__ = ["COMPARED", "SEARCHED", "run_backtests"]

_ON: Final = (
    "AIEnhancedTrend",
    "--pairs",
    "BTC/USDT",
    "ETH/USDT",
    "--timeframe",
    "1h",
    "--profile",
    "offline",
)
COMPARED: Final = (
    "backtest", *_ON, "--timerange", "20250401-20251001", "--compare-ungated",
)  # fmt: skip
"""A run and its ungated twin."""
SEARCHED: Final = (
    "walk-forward", *_ON, "--timerange", "20250101-20251001", "--train", "120",
    "--test", "60", "--param", "fast_candles=10:30:10", "--param", "slow_candles=40:80:20",
)  # fmt: skip
"""Nine points over two spans, and what came after each."""


def run_backtests(database_url: str, user_data: Path, *commands: tuple[str, ...]) -> None:
    """Run them one after the other."""
    variables = {"DATABASE_URL": database_url, "PRORATIO_USER_DATA": str(user_data)}
    for words in commands:
        subprocess.run(
            [str(Path(sys.executable).with_name("proratio")), *words],
            env={**os.environ, **variables},
            cwd=user_data.parent,
            check=True,
            capture_output=True,
            timeout=300,
        )
