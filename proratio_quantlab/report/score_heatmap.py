"""A map of scores around an optimum: a plateau, a slope or a spike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from proratio_quantlab.objectives import WORST
from proratio_quantlab.report.theme import COLOURS, dress, figure_text
from proratio_quantlab.search_space import Axis, Point
from proratio_quantlab.sensitivity import score_map

__all__ = ["score_heatmap"]


def score_heatmap(
    rows: Axis,
    columns: Axis,
    scores: Mapping[Point, float],
    *,
    through: Point,
    simulated: bool,
) -> go.Figure:
    """Return the scores over two parameters, the others as in the point it goes through.

    Parameters
    ----------
    rows, columns
        The parameters.
    scores
        What every point tried came to.
    through
        The optimum; it is marked.
    simulated
        Whether no market ever printed the candles.
    """
    grid = score_map(rows, columns, scores, through=through)
    known = np.isfinite(grid) & (grid > WORST)
    cells = [
        [float(v) if k else None for v, k in zip(*row, strict=True)]
        for row in zip(grid, known, strict=True)
    ]
    chosen = dict(through)
    row_name, column_name = figure_text(rows.name), figure_text(columns.name)
    across, down = ([figure_text(value) for value in axis.values] for axis in (columns, rows))
    figure = go.Figure(
        go.Heatmap(
            z=cells, x=across, y=down, xgap=2, ygap=2, showscale=False,
            text=[["" if cell is None else f"{cell:.2f}" for cell in row] for row in cells],
            texttemplate="%{text}",
            colorscale=[[0, COLOURS["down"]], [0.5, COLOURS["grid"]], [1, COLOURS["up"]]],
            hovertemplate=f"{row_name} %{{y}}, {column_name} %{{x}}: %{{z:.3f}}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_scatter(
        x=[figure_text(chosen[columns.name])], y=[figure_text(chosen[rows.name])], mode="markers",
        marker={"symbol": "square-open", "size": 34, "color": COLOURS["text"]},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    dress(figure, height_px=140 + 36 * len(down), simulated=simulated)
    figure.update_xaxes(type="category", title=column_name, showgrid=False)
    return figure.update_yaxes(
        type="category", title=row_name, showgrid=False, autorange="reversed"
    )
