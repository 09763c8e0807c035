"""The same figures over a window that moves along: did it always work, or once?"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from proratio_quantlab.ratios import DAYS_A_YEAR, FLAT_FRAC
from proratio_quantlab.report.theme import COLOURS, dress
from proratio_quantlab.wallet import DailyReturns

__all__ = ["WINDOW_DAYS", "rolling_figure", "rolling_sharpe"]

WINDOW_DAYS: Final = 90


def rolling_sharpe(daily: DailyReturns) -> pd.Series[float]:
    """Return the yearly Sharpe ratio of the last `WINDOW_DAYS` days, NaN where it is undefined."""
    returns = pd.Series(daily.returns, index=pd.DatetimeIndex(daily.days))
    window = returns.rolling(WINDOW_DAYS)
    spread = window.std(ddof=1)
    ratio: pd.Series[float] = window.mean() / spread.mask(spread < FLAT_FRAC) * DAYS_A_YEAR**0.5
    return ratio


def rolling_figure(daily: DailyReturns, *, simulated: bool) -> go.Figure:
    """Return Sharpe ratio, return and volatility of the last `WINDOW_DAYS` days.

    A ratio of so few days has a standard error of about 2; the band is as wide as that.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06)
    returns = pd.Series(daily.returns, index=pd.DatetimeIndex(daily.days))
    logs = pd.Series(np.log1p(np.maximum(daily.returns, -0.999999)), index=returns.index)
    grown = np.expm1(logs.rolling(WINDOW_DAYS).sum()) * 100
    volatility = returns.rolling(WINDOW_DAYS).std(ddof=1) * DAYS_A_YEAR**0.5 * 100
    error = (DAYS_A_YEAR / WINDOW_DAYS) ** 0.5
    for row, name, values, colour, unit in (
        (1, "Sharpe, a year", rolling_sharpe(daily), "gated", ""),
        (2, "Return", grown, "up", " %"),
        (2, "Volatility, a year", volatility, "ungated", " %"),
    ):
        figure.add_scatter(
            x=values.index, y=values, name=f"{name}, {WINDOW_DAYS} days",
            line={"color": COLOURS[colour], "width": 1.4}, row=row, col=1,
            hovertemplate=f"{name} %{{y:.2f}}{unit}<extra></extra>",
        )  # fmt: skip
    figure.add_hrect(
        y0=-error, y1=error, fillcolor=COLOURS["muted"], opacity=0.12, line_width=0, row=1, col=1
    )
    figure.update_yaxes(title_text="Sharpe", row=1, col=1)
    figure.update_yaxes(title_text="%", row=2, col=1)
    return dress(figure, height_px=380, simulated=simulated).update_layout(hovermode="x unified")
