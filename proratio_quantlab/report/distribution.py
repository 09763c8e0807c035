"""How the daily returns are spread, beside the bell they are often taken for."""

from __future__ import annotations

from typing import Final

import numpy as np
import plotly.graph_objects as go

from proratio_quantlab.ratios import conditional_value_at_risk, value_at_risk
from proratio_quantlab.report.theme import COLOURS, dress
from proratio_quantlab.wallet import DailyReturns

__all__ = ["distribution_figure"]

_BARS: Final = 60
_CURVE_POINTS: Final = 200


def distribution_figure(daily: DailyReturns, *, simulated: bool) -> go.Figure:
    """Return a histogram of the daily returns (%) with a normal curve and the 5% tail.

    Days on which the wallet stood still are left out of bars and curve, not of the tail: most days
    of a patient strategy are still, and one bar of them would hide all others.
    """
    moved = daily.returns[daily.returns != 0]
    returns = (moved if len(moved) else daily.returns) * 100
    counts, edges = np.histogram(returns, bins=min(_BARS, max(5, len(returns) // 4)))
    middle, width = (edges[1:] + edges[:-1]) / 2, float(edges[1] - edges[0])
    figure = go.Figure()
    figure.add_bar(
        x=middle,
        y=counts,
        width=width,
        name=f"Days that moved, {len(moved)} of {len(daily.returns)}",
        marker={"color": COLOURS["gated"]},
        opacity=0.7,
        hovertemplate="%{x:.2f} %: %{y} days<extra></extra>",
    )
    spread = float(returns.std())
    if spread > 0:
        x = np.linspace(edges[0], edges[-1], _CURVE_POINTS)
        bell = np.exp(-(((x - returns.mean()) / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi))
        figure.add_scatter(
            x=x, y=bell * len(returns) * width, name="Normal, same mean and deviation",
            line={"color": COLOURS["muted"], "width": 1.4, "dash": "dot"}, hoverinfo="skip",
        )  # fmt: skip
    for name, loss in (
        ("VaR 95 %", value_at_risk(daily.returns)),
        ("CVaR 95 %", conditional_value_at_risk(daily.returns)),
    ):
        if loss is not None:
            text = f"{name} {loss * 100:.2f} %"
            line = {"color": COLOURS["down"], "width": 1.2, "dash": "dash"}
            figure.add_scatter(
                x=[-loss * 100] * 2, y=[0, counts.max()], mode="lines", name=text, line=line,
                hoverinfo="skip",
            )  # fmt: skip
    figure.update_xaxes(title_text="Daily return, %")
    figure.update_yaxes(title_text="Days")
    return dress(figure, height_px=340, simulated=simulated)
