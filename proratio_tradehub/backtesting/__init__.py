"""Backtests from start to end: export, backfill, run or reuse, compare."""

from proratio_tradehub.backtesting.backtester import Backtester, Outcome, Prepared
from proratio_tradehub.backtesting.causality import CausalityReport, check_causality
from proratio_tradehub.backtesting.charts import pair_charts
from proratio_tradehub.backtesting.request import BacktestRequest

__all__ = [
    "BacktestRequest",
    "Backtester",
    "CausalityReport",
    "Outcome",
    "Prepared",
    "check_causality",
    "pair_charts",
]
