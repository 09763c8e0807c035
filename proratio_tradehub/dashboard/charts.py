"""Figures in the one template of the dashboard; the palette is that of the reports."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from proratio_quantlab.report.theme import COLOURS, dress, figure_text
from proratio_tradehub.dashboard.equity import EquityCurve

__all__ = ["dressed", "equity_figure", "figure_page"]

_CALM: Final[dict[str, Any]] = {
    "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": COLOURS["muted"]},
    "dragmode": False,
    "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
    "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "xanchor": "left"},
}


def dressed(figure: go.Figure, *, height_px: int, simulated: bool = False) -> go.Figure:
    """Give a figure the look of the dashboard; a touch on a phone scrolls the page, not the figure.

    Parameters
    ----------
    figure
        What is drawn.
    height_px
        How high.
    simulated
        Whether it gets the watermark.
    """
    dress(figure, height_px=height_px, simulated=simulated).update_layout(**_CALM)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True, side="right")
    return figure


@lru_cache(maxsize=64)
def equity_figure(
    curve: EquityCurve, *, quote: str, limit_frac: float | None, simulated: bool
) -> go.Figure:
    """Return equity above, and below it the drawdown against the line where trading halts.

    It is made once for all who look at the same curve; nobody may change it.

    Parameters
    ----------
    curve
        Equity as observed.
    quote
        Its currency.
    limit_frac
        The drawdown at which trading halts; None when no profile sets one.
    simulated
        Whether the account is.
    """
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.66, 0.34], vertical_spacing=0.05
    )
    figure.add_scatter(
        x=curve.at,
        y=curve.equity_quote,
        name="Equity",
        showlegend=False,
        line={"color": COLOURS["gated"], "width": 1.6},
        hovertemplate=f"%{{y:,.2f}} {figure_text(quote)}<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=curve.at,
        y=[-frac * 100 for frac in curve.drawdowns_frac],
        name="Drawdown",
        showlegend=False,
        fill="tozeroy",
        fillcolor="rgba(240,118,107,0.18)",
        line={"color": COLOURS["down"], "width": 1.1},
        hovertemplate="%{y:.2f}% below the peak<extra></extra>",
        row=2,
        col=1,
    )
    if limit_frac is not None:
        _add_limit(figure, limit_frac)
    dressed(figure, height_px=330, simulated=simulated)
    figure.update_yaxes(ticksuffix="%", row=2, col=1)
    return figure.update_layout(hovermode="x unified")


def figure_page(figure: go.Figure) -> bytes:
    """Return a figure as a page that loads nothing; there it can be moved and zoomed."""
    loose = go.Figure(figure).update_layout(dragmode="pan")
    loose.update_xaxes(fixedrange=False).update_yaxes(fixedrange=False)
    page: str = loose.to_html(include_plotlyjs=True, config={"displaylogo": False})
    style = '<head><meta name="color-scheme" content="dark"><style>body{background:#0c0f13}</style>'
    return page.replace("<head>", style, 1).encode()


def _add_limit(figure: go.Figure, limit_frac: float) -> None:
    figure.add_hline(
        y=-limit_frac * 100,
        row=2,
        col=1,
        line={"color": COLOURS["warning"], "width": 1.2, "dash": "dash"},
        annotation_text=f"halts at −{limit_frac * 100:g}%",
        annotation_position="bottom left",
        annotation_font={"size": 11, "color": COLOURS["warning"]},
    )
    figure.update_yaxes(rangemode="tozero", row=2, col=1)
