"""The wallet coloured by the kind of market it stood in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from proratio_quantlab.inference import mean_interval
from proratio_quantlab.report.theme import COLOURS, dress
from proratio_quantlab.wallet import DailyReturns

__all__ = ["MarketDays", "regimes_figure"]

_COLOURS = (COLOURS["up"], COLOURS["down"], COLOURS["gated"], COLOURS["warning"])


@dataclass(frozen=True)
class MarketDays:
    """What kind of market each day of a run began in.

    Parameters
    ----------
    names
        Of the kinds.
    kinds
        Index into `names` for each day, -1 where unknown, shape (days,).
    market
        Whose prices were judged.
    """

    names: Sequence[str]
    kinds: npt.NDArray[np.int8]
    market: str


def regimes_figure(
    daily: DailyReturns, market: MarketDays, *, balance: float, quote: str, simulated: bool
) -> go.Figure:
    """Return the wallet as a line that changes colour, and in the legend what each kind gave.

    Parameters
    ----------
    daily
        The wallet's returns.
    market
        The kinds of the same days.
    balance, quote
        The wallet before the first day, and its currency.
    simulated
        Whether no market ever printed the candles.
    """
    wallet = np.concatenate(([balance], balance * np.cumprod(1 + daily.returns)))
    days = np.concatenate(([daily.days[0] - np.timedelta64(1, "D")], daily.days))
    figure = go.Figure()
    figure.add_scatter(
        x=days, y=wallet, showlegend=False, hoverinfo="skip",
        line={"color": COLOURS["muted"], "width": 1},
    )  # fmt: skip
    for kind, name in enumerate(market.names):
        inside = market.kinds == kind
        if not inside.any():
            continue
        figure.add_scatter(
            x=_pieces(days, inside), y=_pieces(wallet, inside),
            name=_gave(name, daily.returns[inside]),
            connectgaps=False, line={"color": _COLOURS[kind % len(_COLOURS)], "width": 2.4},
            hovertemplate=f"{name} %{{y:,.2f}} {quote}<extra></extra>",
        )  # fmt: skip
    figure.update_yaxes(title_text=f"Wallet, {quote}")
    dress(figure, height_px=380, simulated=simulated)
    return figure.update_layout(legend={"y": 1.02})


def _pieces(values: npt.NDArray[Any], inside: npt.NDArray[np.bool_]) -> list[Any]:
    """Return the values at both ends of each day inside, a gap after each."""
    ends = zip(values[:-1][inside].tolist(), values[1:][inside].tolist(), strict=True)
    return [point for start, end in ends for point in (start, end, None)]


def _gave(name: str, returns: npt.NDArray[np.float64]) -> str:
    """Return what days of one kind gave, with an interval when there are enough of them."""
    text = f"{name}: {returns.mean() * 1e4:+.2f} bps a day"
    found = mean_interval(returns)
    if found is not None:
        text += f" ({found.low * 1e4:+.2f} to {found.high * 1e4:+.2f})"
    return f"{text}, n = {len(returns)}"
