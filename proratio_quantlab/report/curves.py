"""Equity above, drawdown below: the gated run and its ungated twin on one time axis."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from proratio_quantlab.comparison import Comparison
from proratio_quantlab.report.theme import COLOURS, dress
from proratio_quantlab.results import BacktestResult
from proratio_quantlab.wallet import drawdown_curve

__all__ = ["curves_figure"]

_MOST_POINTS = 1_500


def curves_figure(comparison: Comparison) -> go.Figure:
    """Return equity (quote currency) and drawdown (%) of every run of `comparison`."""
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.68, 0.32], vertical_spacing=0.04
    )
    if comparison.ungated is not None:
        _add_run(figure, comparison.ungated, name="Ungated", quote=comparison.quote)
    _add_run(figure, comparison.gated, name=comparison.title, quote=comparison.quote)
    figure.update_yaxes(title_text=f"Equity, {comparison.quote}", row=1, col=1)
    figure.update_yaxes(title_text="Drawdown, %", row=2, col=1)
    dress(figure, height_px=460, simulated=comparison.gated.simulated)
    return figure.update_layout(hovermode="x unified")


def _add_run(figure: go.Figure, run: BacktestResult, *, name: str, quote: str) -> None:
    curve = _thinned(run)
    dash = "solid" if name == "Gated" else "dash"
    line = {"color": COLOURS[name.lower()], "dash": dash, "width": 1.6}
    figure.add_scatter(
        x=curve["date"],
        y=curve["equity_quote"],
        name=name,
        legendgroup=name,
        line=line,
        hovertemplate=f"{name} %{{y:,.2f}} {quote}<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=curve["date"],
        y=curve["drawdown_frac"] * 100,
        name=f"{name} drawdown",
        legendgroup=name,
        showlegend=False,
        line={**line, "width": 1.0},
        fill="tozeroy" if name == "Gated" else None,
        hovertemplate=f"{name} %{{y:.2f}} %<extra></extra>",
        row=2,
        col=1,
    )


def _thinned(run: BacktestResult) -> pd.DataFrame:
    """Return at most `_MOST_POINTS` rows: the last equity and the deepest drawdown of each span."""
    balance = run.specification.starting_balance
    drawdown = drawdown_curve(run.equity, starting_balance=balance)
    curve = run.equity.assign(drawdown_frac=drawdown)
    step = -(-len(curve) // _MOST_POINTS)
    spans = pd.RangeIndex(len(curve)) // step
    return curve.groupby(spans).agg(
        {"date": "last", "equity_quote": "last", "drawdown_frac": "min"}
    )
