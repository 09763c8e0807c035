"""The look of every figure: dark, quiet, and readable without telling red from green."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go

from proratio_quantlab.report.colours import COLOURS

__all__ = ["COLOURS", "dress"]

_AXIS: Final[dict[str, Any]] = {
    "gridcolor": COLOURS["grid"],
    "zerolinecolor": COLOURS["grid"],
    "linecolor": COLOURS["grid"],
    "automargin": True,
    "fixedrange": False,
}


def dress(figure: go.Figure, *, height_px: int, simulated: bool) -> go.Figure:
    """Give `figure` the common look, and the watermark when its candles are simulated."""
    figure.update_layout(
        template=None,
        height=height_px,
        paper_bgcolor=COLOURS["paper"],
        plot_bgcolor=COLOURS["paper"],
        font={"family": "system-ui, sans-serif", "size": 12, "color": COLOURS["text"]},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        hovermode="closest",
        hoverlabel={"bgcolor": "#1b212a", "bordercolor": COLOURS["grid"], "align": "left"},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "xanchor": "left"},
        dragmode="pan",
    )
    figure.update_xaxes(**_AXIS, rangeslider_visible=False)
    figure.update_yaxes(**_AXIS)
    if simulated:
        figure.add_annotation(
            text="SIMULATED",
            x=0.5,
            y=0.5,
            xref="paper",
            yref="paper",
            showarrow=False,
            opacity=0.16,
            font={"size": 54, "color": COLOURS["warning"]},
        )
    return figure
