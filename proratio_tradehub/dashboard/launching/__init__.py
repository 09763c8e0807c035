"""Backtests that are started from a page: each a process of its own, one at a time."""

from proratio_tradehub.dashboard.launching.launch import Launch, LaunchState
from proratio_tradehub.dashboard.launching.launcher import Launcher
from proratio_tradehub.dashboard.launching.order import BacktestOrder, StoredCandles, checked_order

__all__ = [
    "BacktestOrder",
    "Launch",
    "LaunchState",
    "Launcher",
    "StoredCandles",
    "checked_order",
]
