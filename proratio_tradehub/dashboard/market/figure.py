"""The chart of a market: candles, averages, trades with their stops, volume, votes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from proratio_quantlab.report.theme import COLOURS, figure_text
from proratio_signals.opinions import Action
from proratio_tradehub.dashboard.charts import dressed
from proratio_tradehub.dashboard.look import formats
from proratio_tradehub.dashboard.market.pane import Book, Deal, Pane, Ruling

__all__ = ["book_figure", "market_figure"]

_LINES: Final = (
    ("ema_20", "EMA 20", COLOURS["gated"], 1.2, "solid"),
    ("ema_50", "EMA 50", COLOURS["ungated"], 1.2, "solid"),
    ("band_high", "Bands, 2 deviations", COLOURS["muted"], 0.8, "dot"),
    ("band_low", "", COLOURS["muted"], 0.8, "dot"),
)
_RULED: Final = (
    (Action.BUY, "triangle-up", COLOURS["up"]),
    (Action.HOLD, "circle-open", COLOURS["muted"]),
    (Action.SELL, "triangle-down", COLOURS["down"]),
)

_LONGEST_REASON: Final = 60


def market_figure(pane: Pane, *, simulated: bool, height_px: int = 560) -> go.Figure:
    """Return the chart; each entry and each vote carries what it is, for whoever clicks on it.

    `customdata` of a marker is `["deal", position]` or `["vote", number]`.
    """
    figure = make_subplots(
        rows=3,
        cols=1,
        shared_xaxes=True,
        row_heights=[0.7, 0.12, 0.18],
        vertical_spacing=0.02,
    )
    _add_candles(figure, pane)
    _add_stops(figure, pane)
    _add_deals(figure, pane.deals)
    _add_rulings(figure, pane.rulings)
    dressed(figure, height_px=height_px, simulated=simulated)
    figure.update_yaxes(range=[0, 1.08], row=3, col=1, title_text="Score")
    figure.update_yaxes(row=2, col=1, title_text="Volume", nticks=3)
    dates, step = pane.candles["date"], pd.Timedelta(milliseconds=pane.stored.key.timeframe.ms)
    figure.update_xaxes(range=[dates.iloc[0] - step, dates.iloc[-1] + 2 * step])
    return figure.update_layout(hovermode="closest", clickmode="event+select")


def book_figure(book: Book, *, simulated: bool) -> go.Figure:
    """Return how much can be bought and sold down to each price."""
    figure = go.Figure()
    sides = (("Bids", book.bids, COLOURS["up"]), ("Asks", book.asks, COLOURS["down"]))
    for name, levels, colour in sides:
        total = 0.0
        depth = [total := total + amount for _, amount in levels]
        figure.add_scatter(
            x=[price for price, _ in levels],
            y=depth,
            name=name,
            fill="tozeroy",
            line={"shape": "hv" if name == "Asks" else "vh", "color": colour, "width": 1.2},
            hovertemplate="%{y:.4~g} down to %{x:,.6~g}<extra></extra>",
        )
    return dressed(figure, height_px=240, simulated=simulated)


def _add_candles(figure: go.Figure, pane: Pane) -> None:
    candles = pane.candles
    figure.add_candlestick(
        x=candles["date"],
        **{name: candles[name] for name in ("open", "high", "low", "close")},
        name=f"{pane.stored.key.timeframe} (hollow up, filled down)",
        increasing={"line": {"color": COLOURS["up"], "width": 1}, "fillcolor": COLOURS["paper"]},
        decreasing={"line": {"color": COLOURS["down"], "width": 1}, "fillcolor": COLOURS["down"]},
        row=1,
        col=1,
    )
    for column, name, colour, width, dash in _LINES:
        figure.add_scatter(
            x=candles["date"],
            y=candles[column],
            name=name,
            showlegend=bool(name),
            line={"color": colour, "width": width, "dash": dash},
            hoverinfo="skip",
            row=1,
            col=1,
        )
    figure.add_bar(
        x=candles["date"],
        y=candles["volume"],
        marker={"color": COLOURS["muted"]},
        showlegend=False,
        hovertemplate="%{y:,.4~g}<extra>volume</extra>",
        row=2,
        col=1,
    )


def _add_stops(figure: go.Figure, pane: Pane) -> None:
    """Draw where each stop stood last, as a line from entry to exit."""
    last = pane.candles["date"].iloc[-1]
    x: list[Any] = []
    y: list[float | None] = []
    for deal in pane.deals:
        if deal.stop_price is not None:
            x += [deal.opened_at, deal.closed_at or last, None]
            y += [deal.stop_price, deal.stop_price, None]
    if x:
        figure.add_scatter(
            x=x,
            y=y,
            name="Stop",
            mode="lines",
            line={"color": COLOURS["warning"], "width": 1.4, "dash": "dash"},
            hovertemplate="stop at %{y:,.6~g}<extra></extra>",
            row=1,
            col=1,
        )


def _add_deals(figure: go.Figure, deals: Sequence[Deal]) -> None:
    numbered = list(enumerate(deals))
    for side, symbol in (("long", "triangle-up"), ("short", "triangle-down")):
        entered = [(number, deal) for number, deal in numbered if deal.side == side]
        _add_marks(
            figure,
            f"Entry {side}",
            [(deal.opened_at, deal.open_rate, ["deal", number], "") for number, deal in entered],
            marker={"symbol": symbol, "size": 12, "color": COLOURS["gated"]},
        )
    left = [(number, deal) for number, deal in numbered if deal.close_rate is not None]
    for name, symbol, colour, won in (
        ("Exit ▲", "diamond", COLOURS["up"], True),
        ("Exit ▼", "x", COLOURS["down"], False),
    ):
        chosen = [(n, deal) for n, deal in left if ((deal.profit_quote or 0.0) > 0.0) is won]
        _add_marks(
            figure,
            name,
            [
                (deal.closed_at, deal.close_rate, ["deal", number], _result(deal))
                for number, deal in chosen
            ],
            marker={"symbol": symbol, "size": 10, "color": colour},
        )


def _result(deal: Deal) -> str:
    reason = deal.reason
    if len(reason) > _LONGEST_REASON:  # a click shows the whole of it
        reason = f"{reason[:_LONGEST_REASON]}…"
    return f"{formats.change_percent(deal.profit_frac)}, {figure_text(reason)}"


def _add_rulings(figure: go.Figure, rulings: Sequence[Ruling]) -> None:
    for action, symbol, colour in _RULED:
        chosen = [one for one in rulings if one.action is action]
        _add_marks(
            figure,
            f"Vote {action.value}",
            [
                (one.as_of, one.score, ["vote", one.vote_id], "degraded" if one.degraded else "")
                for one in chosen
            ],
            marker={"symbol": symbol, "size": 9, "color": colour},
            row=3,
        )


def _add_marks(
    figure: go.Figure,
    name: str,
    marks: Sequence[tuple[Any, Any, list[object], str]],
    *,
    marker: dict[str, object],
    row: int = 1,
) -> None:
    if not marks:
        return
    figure.add_scatter(
        x=[mark[0] for mark in marks],
        y=[mark[1] for mark in marks],
        customdata=[mark[2] for mark in marks],
        text=[mark[3] for mark in marks],
        name=name,
        mode="markers",
        marker={**marker, "line": {"width": 1, "color": COLOURS["text"]}},
        hovertemplate=f"<b>{name}</b> %{{x|%d %b %H:%M}} UTC, %{{y:,.6~g}} %{{text}}"
        "<extra></extra>",
        row=row,
        col=1,
    )
