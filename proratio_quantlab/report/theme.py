"""The look of every figure: dark, quiet, and readable without telling red from green."""

from __future__ import annotations

import html
from typing import Any, Final

import plotly.graph_objects as go

from proratio_quantlab.report.colours import COLOURS
from proratio_signals.shown_text import shown

__all__ = ["COLOURS", "dress", "figure_text"]

_AXIS: Final[dict[str, Any]] = {
    "gridcolor": COLOURS["grid"],
    "zerolinecolor": COLOURS["grid"],
    "linecolor": COLOURS["grid"],
    "automargin": True,
    "fixedrange": False,
}


def figure_text(text: object) -> str:
    r"""Return a text of somebody else's so that a figure shows it as it is.

    Plotly reads tags, entities and `%{...}` in what stands in a figure: a link would be one.

    Examples
    --------
    >>> figure_text("<a href='http://x'>y</a> %{z}")
    "&lt;a href='http://x'&gt;y&lt;/a&gt; %&#123;z}"
    """
    return html.escape(shown(str(text)), quote=False).replace("%{", "%&#123;")


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
