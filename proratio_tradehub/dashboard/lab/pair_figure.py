"""The wallets of two runs on one scale: both in hundredths of what each began with."""

from __future__ import annotations

import plotly.graph_objects as go

from proratio_quantlab.report.theme import COLOURS, dress
from proratio_quantlab.results import BacktestResult

__all__ = ["pair_figure"]

_MOST_POINTS = 1_000


def pair_figure(first: BacktestResult, second: BacktestResult, *, quote: str) -> go.Figure:
    """Return the gain of both wallets over time, in percent of the balance each began with."""
    figure = go.Figure()
    for run, name, colour, dash in (
        (second, "Second", COLOURS["ungated"], "dash"),
        (first, "First", COLOURS["gated"], "solid"),
    ):
        balance = run.specification.starting_balance
        curve = run.equity.iloc[:: -(-len(run.equity) // _MOST_POINTS) or 1]
        figure.add_scatter(
            x=curve["date"],
            y=(curve["equity_quote"] / balance - 1) * 100,
            customdata=curve["equity_quote"],
            name=name,
            line={"color": colour, "dash": dash, "width": 1.6},
            hovertemplate=f"{name} %{{y:+.2f}}% (%{{customdata:,.2f}} {quote})<extra></extra>",
        )
    dress(figure, height_px=360, simulated=first.simulated)
    return figure.update_layout(hovermode="x unified").update_yaxes(ticksuffix="%")
