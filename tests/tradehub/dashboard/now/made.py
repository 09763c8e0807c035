"""Values for the page Now, made by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from proratio_tradehub.dashboard.now.figures import Holding
from proratio_tradehub.desk import Headroom, RiskReport
from tests.tradehub.dashboard.drawing import NOW

ACCOUNT = "freqtrade dry_run binance spot"


def a_report(**changes: Any) -> RiskReport:
    """Return a report of a bot that is well."""
    values = {
        "account": ACCOUNT,
        "strategy": "Trend",
        "profile": "proratio",
        "profile_hash": "ab",
        "pid": 17,
        "updated_at": NOW,
        "held_back": "",
        "equity_quote": 9_900.0,
        "headroom": (Headroom("drawdown", 0.01, 0.1, "frac"), Headroom("positions", 1, 3, "count")),
    }
    return RiskReport(**(values | changes))


def a_holding(**changes: Any) -> Holding:
    """Return a long position of 0.02 BTC, bought at 50,000."""
    values = {
        "symbol": "BTC/USDT",
        "side": "long",
        "opened_at": NOW - timedelta(hours=5),
        "amount": 0.02,
        "open_rate": 50_000.0,
        "price": 51_000.0,
        "stop_price": 48_960.0,
    }
    return Holding(**(values | changes))
