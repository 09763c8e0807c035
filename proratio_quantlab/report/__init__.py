"""The report: one self-contained HTML file a run can be judged by."""

from typing import TYPE_CHECKING, Any

from proratio_quantlab.report.pair_chart import PairChart

if TYPE_CHECKING:
    from proratio_quantlab.report.page import render_report, write_report

__all__ = ["PairChart", "render_report", "write_report"]


def __getattr__(name: str) -> Any:
    """Import the page, and with it plotly, when it is asked for."""
    if name in ("render_report", "write_report"):
        from proratio_quantlab.report import page  # noqa: PLC0415  # plotly

        return getattr(page, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
