"""Candles of one pair with what was done on them, and the votes that allowed or refused it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from proratio_core.candles.resampling import resample
from proratio_core.values import Timeframe
from proratio_quantlab.report.pair_chart import PairChart
from proratio_quantlab.report.theme import COLOURS, dress, figure_text
from proratio_quantlab.results import Trade

__all__ = ["candles_figure", "shown_timeframe"]

_MOST_CANDLES = 1_500
_POINT = "%{x|%Y-%m-%d %H:%M} UTC<br>%{y:,.6~g}"
_ACTION_NAMES = {1: "BUY", 0: "HOLD", -1: "SELL"}


def candles_figure(chart: PairChart, trades: Iterable[Trade], *, simulated: bool) -> go.Figure:
    """Return the pair's candles, its entries and exits, and the score of every vote below them."""
    mine = [trade for trade in trades if trade.pair == str(chart.pair)]
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.78, 0.22], vertical_spacing=0.03
    )
    shown = shown_timeframe(len(chart.candles), chart.timeframe)
    drawn = resample(chart.candles, chart.timeframe, shown, complete_only=False)
    _add_candles(figure, drawn, timeframe=shown)
    _add_trades(figure, mine, quote=chart.pair.quote)
    _add_votes(figure, chart)
    figure.update_yaxes(title_text=f"{chart.pair.base}, {chart.pair.quote}", row=1, col=1)
    figure.update_yaxes(title_text="Score", range=[0, 1.05], row=2, col=1)
    return dress(figure, height_px=520, simulated=simulated)


def shown_timeframe(candles: int, timeframe: Timeframe) -> Timeframe:
    """Return the shortest timeframe that shows `candles` of `timeframe` in a readable number."""
    wholes = [longer for longer in Timeframe if longer.ms % timeframe.ms == 0]
    fitting = (t for t in wholes if candles * timeframe.ms <= _MOST_CANDLES * t.ms)
    return next(fitting, Timeframe.D1)


def _add_candles(figure: go.Figure, candles: pd.DataFrame, *, timeframe: Timeframe) -> None:
    figure.add_candlestick(
        x=candles["date"],
        open=candles["open"],
        high=candles["high"],
        low=candles["low"],
        close=candles["close"],
        name=f"{timeframe} candles (hollow up, filled down)",
        increasing={"line": {"color": COLOURS["up"], "width": 1}, "fillcolor": COLOURS["paper"]},
        decreasing={"line": {"color": COLOURS["down"], "width": 1}, "fillcolor": COLOURS["down"]},
        opacity=0.75,
        row=1,
        col=1,
    )


def _add_trades(figure: go.Figure, trades: list[Trade], *, quote: str) -> None:
    won = [trade for trade in trades if trade.profit_quote > 0]
    lost = [trade for trade in trades if trade.profit_quote <= 0]
    _add_markers(
        figure,
        x=[trade.opened_at for trade in trades],
        y=[trade.open_rate for trade in trades],
        text=[
            f"stake {t.stake_quote:,.2f} {quote}<br>vote {figure_text(t.enter_tag or '–')}"
            for t in trades
        ],
        name="Entry",
        marker={"symbol": "triangle-up", "color": COLOURS["gated"], "size": 11},
    )
    looks = (
        ("Exit with profit", won, "triangle-down", COLOURS["up"]),
        ("Exit with loss", lost, "x", COLOURS["down"]),
    )
    for name, group, symbol, colour in looks:
        _add_markers(
            figure,
            x=[trade.closed_at for trade in group],
            y=[trade.close_rate for trade in group],
            text=[
                f"{t.profit_frac * 100:+.2f} %, {t.profit_quote:+,.2f} {quote}<br>"
                f"{figure_text(t.exit_reason)}"
                for t in group
            ],
            name=name,
            marker={"symbol": symbol, "color": colour, "size": 10},
        )


def _add_votes(figure: go.Figure, chart: PairChart) -> None:
    votes = chart.votes
    if votes.empty:
        return
    passed = (votes["action"] == 1).to_numpy()
    looks = (
        ("Vote lets in", passed, "circle", COLOURS["gated"]),
        ("Vote refuses", ~passed, "circle-x-open", COLOURS["ungated"]),
    )
    for name, chosen, symbol, colour in looks:
        group = votes[chosen]
        _add_markers(
            figure,
            x=group["date"],
            y=group["score"],
            text=[_vote_text(row) for row in group.itertuples()],
            name=name,
            marker={"symbol": symbol, "color": colour, "size": 8},
            row=2,
        )
    figure.add_hline(
        y=chart.threshold,
        line={"color": COLOURS["muted"], "width": 1, "dash": "dot"},
        annotation={"text": f"acts above {chart.threshold:.2f}", "font": {"size": 10}},
        row=2,
        col=1,
    )


def _vote_text(row: tuple[object, ...]) -> str:
    action = _ACTION_NAMES[int(getattr(row, "action"))]  # noqa: B009  # itertuples is untyped
    degraded = ", degraded: the quorum failed" if getattr(row, "degraded") else ""  # noqa: B009
    return f"{action}{degraded}"


def _add_markers(
    figure: go.Figure,
    *,
    x: Sequence[Any] | pd.Series[Any],
    y: Sequence[float] | pd.Series[Any],
    text: list[str],
    name: str,
    marker: dict[str, object],
    row: int = 1,
) -> None:
    if not len(y):
        return
    figure.add_scatter(
        x=x,
        y=y,
        text=text,
        name=f"{name} (n = {len(y)})",
        mode="markers",
        marker={**marker, "line": {"width": 1, "color": COLOURS["text"]}},
        hovertemplate=f"<b>{name}</b> {_POINT}<br>%{{text}}<extra></extra>",
        row=row,
        col=1,
    )
