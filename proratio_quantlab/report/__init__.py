"""The report: one self-contained HTML file a run can be judged by."""

from proratio_quantlab.report.candles import PairChart
from proratio_quantlab.report.page import render_report, write_report

__all__ = ["PairChart", "render_report", "write_report"]
