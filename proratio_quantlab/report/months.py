"""Returns by month: a year a row."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from proratio_quantlab.report.theme import COLOURS, dress
from proratio_quantlab.wallet import DailyReturns, monthly_returns

__all__ = ["months_figure"]

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def months_figure(daily: DailyReturns, *, simulated: bool) -> go.Figure:
    """Return a heat map of monthly returns (%), the first and last month as far as they go."""
    monthly = monthly_returns(daily)
    number = monthly.months.astype(int)
    years = 1970 + number // 12
    rows = np.arange(years.min(), years.max() + 1)
    grid = np.full((len(rows), 12), np.nan)
    grid[years - rows[0], number % 12] = monthly.returns * 100
    shown = [["" if np.isnan(value) else f"{value:+.1f}" for value in row] for row in grid]
    reach = float(np.nanmax(np.abs(grid))) or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=[[None if np.isnan(value) else value for value in row] for row in grid],
            x=_NAMES, y=[str(year) for year in rows], text=shown, texttemplate="%{text}",
            zmin=-reach, zmax=reach, xgap=2, ygap=2, showscale=False,
            colorscale=[[0, COLOURS["down"]], [0.5, COLOURS["grid"]], [1, COLOURS["up"]]],
            hovertemplate="%{x} %{y}: %{z:+.2f} %<extra></extra>",
        )
    )  # fmt: skip
    height_px = 90 + 40 * len(rows)
    dress(figure, height_px=height_px, simulated=simulated)
    return figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
