"""Evidence that passes every line, to take away one thing at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from proratio_quantlab.inference import Interval
from proratio_tradehub.going_live import Evidence
from proratio_tradehub.going_live.evidence import Presence
from proratio_tradehub.reports import PaperBacktest
from tests.tradehub.reports.test_paper_backtest import SAME, compared
from tests.tradehub.stages.made import NOON

PAPER = "bot dry_run binance spot"


def within() -> PaperBacktest:
    found: PaperBacktest = compared(SAME)
    return found


def apart() -> PaperBacktest:
    found: PaperBacktest = compared(SAME[:2])
    return found


def evidence(**changes: Any) -> Evidence:
    usual: dict[str, Any] = {
        "account": PAPER,
        "since": None,
        "now": NOON,
        "presence": Presence(30, 0.999, 2),
        "trades": 60,
        "voted": 60,
        "sharpe": Interval(2.0, 0.4, 3.6, 0.8, 0.01, 30),
        "drawdown_frac": 0.04,
        "limit_frac": 0.10,
        "comparisons": (within(),),
        "votes": 400,
        "degraded_frac": 0.02,
        "held_back": "",
        "failing": (),
        "rehearsed_at": NOON - timedelta(days=3),
    }
    return Evidence(**(usual | changes))


NOTHING: dict[str, Any] = {
    "presence": Presence(0, None, 0),
    "trades": 0,
    "voted": 0,
    "sharpe": None,
    "drawdown_frac": None,
    "comparisons": (),
    "votes": 0,
    "degraded_frac": None,
    "rehearsed_at": None,
}
"""What an installation has on its first day."""
