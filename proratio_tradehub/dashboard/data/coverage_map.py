"""The map of what is stored: a row a series, a column a month."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from proratio_quantlab.report.theme import COLOURS
from proratio_tradehub.dashboard.charts import dressed
from proratio_tradehub.dashboard.data.coverage import SeriesCoverage

__all__ = ["coverage_map"]

_ROW_PX = 22


def coverage_map(shown: Sequence[SeriesCoverage], *, simulated: bool) -> go.Figure:
    """Return the map; a month that is not whole says how much of it is there.

    Parameters
    ----------
    shown
        The series, from above.
    simulated
        Whether a random generator made their candles.
    """
    shares = [coverage.shares() for coverage in shown]
    months = sorted({month for share in shares for month in share})
    cells = [[share.get(month) for month in months] for share in shares]
    figure = go.Figure(
        go.Heatmap(
            z=cells,
            x=months,
            y=[_name(coverage) for coverage in shown],
            text=[[_written(cell) for cell in row] for row in cells],
            texttemplate="%{text}",
            textfont={"size": 10, "color": "#0f1319"},
            customdata=[[_said(cell) for cell in row] for row in cells],
            hovertemplate="%{y}, %{x|%B %Y}: %{customdata}<extra></extra>",
            zmin=0.9,
            zmax=1.0,
            xgap=1,
            ygap=3,
            showscale=False,
            colorscale=[[0, COLOURS["warning"]], [0.999, "#c9a86a"], [1, COLOURS["gated"]]],
        )
    )
    dressed(figure, height_px=60 + _ROW_PX * len(shown), simulated=simulated)
    figure.update_yaxes(autorange="reversed", side="left", showgrid=False, tickfont={"size": 11})
    return figure.update_xaxes(showgrid=False)


def _name(coverage: SeriesCoverage) -> str:
    key = coverage.stored.key
    kind = "" if key.kind.value == "candle" else f" {key.kind.value}"
    return f"{key.pair} {key.timeframe}{kind} "


def _written(share: float | None) -> str:
    """Return what stands in a cell: nothing where the month is whole, or not begun."""
    return "" if share is None or share >= 1.0 else f"{int(share * 1000) / 10:g}"


def _said(share: float | None) -> str:
    return "" if share is None else f"{share:.2%} stored"
