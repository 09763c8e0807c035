"""The wallet among the pasts it could have had, and how far below its high it was."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from proratio_quantlab.inference import Bands, wallet_bands
from proratio_quantlab.report.theme import COLOURS, dress
from proratio_quantlab.wallet import DailyReturns

__all__ = ["fan_figure"]

_CLEAR = "rgba(0,0,0,0)"
_SHADE = "rgba(108,182,255,0.16)"


def fan_figure(daily: DailyReturns, *, balance: float, quote: str, simulated: bool) -> go.Figure:
    """Return the wallet (quote currency) and its drawdown (%), with 95% bands of resampled pasts.

    Parameters
    ----------
    daily
        The wallet's returns.
    balance
        The wallet before the first day, quote currency.
    quote
        That currency.
    simulated
        Whether no market ever printed the candles.
    """
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.68, 0.32], vertical_spacing=0.04
    )
    bands = wallet_bands(daily.returns)
    if bands is not None:
        _add_bands(figure, daily, bands, balance=balance)
    growth = np.cumprod(1 + daily.returns)
    depth = growth / np.maximum(np.maximum.accumulate(growth), 1.0) - 1
    line = {"color": COLOURS["gated"], "width": 1.8}
    figure.add_scatter(
        x=daily.days, y=growth * balance, name="Wallet", line=line, row=1, col=1,
        hovertemplate=f"Wallet %{{y:,.2f}} {quote}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=daily.days, y=depth * 100, name="Drawdown", showlegend=False, line=line, row=2, col=1,
        hovertemplate="Drawdown %{y:.2f} %<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(title_text=f"Wallet, {quote}", row=1, col=1)
    figure.update_yaxes(title_text="Drawdown, %", row=2, col=1)
    return dress(figure, height_px=620, simulated=simulated).update_layout(hovermode="x unified")


def _add_bands(figure: go.Figure, daily: DailyReturns, bands: Bands, *, balance: float) -> None:
    hidden = {"color": _CLEAR, "width": 0}
    silent = {"hoverinfo": "skip", "line": hidden, "row": 1, "col": 1}
    figure.add_scatter(x=daily.days, y=bands.high * balance, showlegend=False, **silent)
    figure.add_scatter(
        x=daily.days, y=bands.low * balance, name="95 % of resampled pasts, each day",
        fill="tonexty", fillcolor=_SHADE, **silent,
    )  # fmt: skip
    figure.add_scatter(
        x=daily.days, y=bands.middle * balance, name="Their middle", hoverinfo="skip",
        line={"color": COLOURS["muted"], "width": 1, "dash": "dot"}, row=1, col=1,
    )  # fmt: skip
    figure.add_scatter(
        x=daily.days, y=bands.depth * 100, name="19 of 20 pasts stay above", hoverinfo="skip",
        line={"color": COLOURS["muted"], "width": 1, "dash": "dot"}, row=2, col=1,
    )  # fmt: skip
