"""Reports of an account's days: figures from PostgreSQL, as Markdown, HTML and pictures."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from proratio_tradehub.reports.account_period import AccountPeriod, read_period
from proratio_tradehub.reports.curve import EquityCurve
from proratio_tradehub.reports.curve_reading import read_curve
from proratio_tradehub.reports.period import Period
from proratio_tradehub.reports.tally import Tally, tally
from proratio_tradehub.reports.votes_behind import VoteBehind, vote_behind

if TYPE_CHECKING:
    from proratio_tradehub.reports.account_report import AccountReport, read_report
    from proratio_tradehub.reports.chart import equity_chart_png
    from proratio_tradehub.reports.paper_backtest import PaperBacktest, read_comparisons

__all__ = [
    "AccountPeriod",
    "AccountReport",
    "EquityCurve",
    "PaperBacktest",
    "Period",
    "Tally",
    "VoteBehind",
    "equity_chart_png",
    "read_comparisons",
    "read_curve",
    "read_period",
    "read_report",
    "tally",
    "vote_behind",
]

_ROOMS = {
    "AccountReport": "account_report",
    "PaperBacktest": "paper_backtest",
    "equity_chart_png": "chart",
    "read_comparisons": "paper_backtest",
    "read_report": "account_report",
}


def __getattr__(name: str) -> Any:
    """Import what draws and what reads backtests when it is asked for."""
    if name in _ROOMS:
        return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
