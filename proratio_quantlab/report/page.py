"""The report of a backtest: its figures, tables, trades and hashes on one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from proratio_quantlab.comparison import Comparison
from proratio_quantlab.report.candles import candles_figure
from proratio_quantlab.report.curves import curves_figure
from proratio_quantlab.report.document import render_document, write_document
from proratio_quantlab.report.pair_chart import PairChart

__all__ = ["render_report", "write_report"]

_MOST_TRADES = 300
_HEADLINES = ("profit_frac", "max_drawdown_frac", "sharpe", "trades")


def render_report(
    comparison: Comparison, charts: Sequence[PairChart], *, generated_at: datetime
) -> str:
    """Return the report as one HTML document that loads nothing from anywhere.

    Parameters
    ----------
    comparison
        The runs and what may be believed of them.
    charts
        The pairs to draw, in order.
    generated_at
        The moment printed in the foot, UTC.
    """
    gated = comparison.gated
    figures = {"curves": curves_figure(comparison)}
    for chart in charts:
        figure = candles_figure(chart, gated.trades, simulated=gated.simulated)
        figures[f"pair-{chart.pair.file_stem}"] = figure
    return render_document(
        "page.html",
        figures=figures,
        generated_at=generated_at,
        comparison=comparison,
        gated=gated,
        runs=comparison.runs,
        charts=charts,
        headlines=[line for line in comparison.lines if line.measure.field in _HEADLINES],
        trades=gated.trades[:_MOST_TRADES],
    )


def write_report(
    path: Path, comparison: Comparison, charts: Sequence[PairChart], *, generated_at: datetime
) -> None:
    """Write the report to `path`, whole or not at all.

    Raises
    ------
    ConfigurationError
        The file cannot be written there.
    """
    document = render_report(comparison, charts, generated_at=generated_at)
    write_document(path, document, option="--report")
