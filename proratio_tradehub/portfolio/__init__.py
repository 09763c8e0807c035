"""Where capital is put: allocation, what moves together, and how much may be lost."""

from proratio_tradehub.portfolio.allocation import Allocation, Limits, allocate
from proratio_tradehub.portfolio.correlation import Cluster, clusters, effective_bets
from proratio_tradehub.portfolio.coverage import Coverage, coverage_of
from proratio_tradehub.portfolio.method import Method
from proratio_tradehub.portfolio.rebalancing import OutOfSample, Schedule, rebalanced
from proratio_tradehub.portfolio.returns import Returns, aligned_returns
from proratio_tradehub.portfolio.value_at_risk import (
    TailMethod,
    TailRisk,
    forecast_tails,
    tail_risk,
)
from proratio_tradehub.portfolio.views import View, view_of

__all__ = [
    "Allocation",
    "Cluster",
    "Coverage",
    "Limits",
    "Method",
    "OutOfSample",
    "Returns",
    "Schedule",
    "TailMethod",
    "TailRisk",
    "View",
    "aligned_returns",
    "allocate",
    "clusters",
    "coverage_of",
    "effective_bets",
    "forecast_tails",
    "rebalanced",
    "tail_risk",
    "view_of",
]
