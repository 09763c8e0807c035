"""The report: one self-contained HTML file a run can be judged by."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from proratio_quantlab.report.pair_chart import PairChart

if TYPE_CHECKING:
    from proratio_quantlab.report.page import render_report, write_report
    from proratio_quantlab.report.pictures import write_pictures
    from proratio_quantlab.report.regimes import MarketDays
    from proratio_quantlab.report.tear_sheet import TearSheet, write_tear_sheet

__all__ = [
    "MarketDays",
    "PairChart",
    "TearSheet",
    "render_report",
    "write_pictures",
    "write_report",
    "write_tear_sheet",
]

_ROOMS = {
    "MarketDays": "regimes",
    "TearSheet": "tear_sheet",
    "render_report": "page",
    "write_pictures": "pictures",
    "write_report": "page",
    "write_tear_sheet": "tear_sheet",
}


def __getattr__(name: str) -> Any:
    """Import a page, and with it plotly, when it is asked for."""
    if name in _ROOMS:
        return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
