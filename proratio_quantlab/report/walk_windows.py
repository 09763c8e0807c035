"""A walk forward in one picture: what the choices promised, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from proratio_quantlab.report.theme import COLOURS, dress, figure_text
from proratio_quantlab.walk_forward import WindowResult, stitched_equity

__all__ = ["walk_windows"]

_LINES = (COLOURS["gated"], COLOURS["ungated"])


def walk_windows(
    arms: Mapping[str, Sequence[WindowResult]], *, starting_balance: float, simulated: bool
) -> go.Figure:
    """Return the wallet over all tests above the Sharpe ratios of each window, in and out.

    Parameters
    ----------
    arms
        Name -> its windows in the order of time: the walk, and its ungated twin if there is one.
    starting_balance
        Wallet at the start, quote currency.
    simulated
        Whether no market ever printed the candles.
    """
    arms = {figure_text(name): windows for name, windows in arms.items()}
    figure = make_subplots(
        rows=1 + len(arms), cols=1, vertical_spacing=0.08,
        subplot_titles=["", *(f"{name}: Sharpe ratios" for name in arms)],
    )  # fmt: skip
    for row, (name, windows) in enumerate(arms.items(), start=2):
        colour = _LINES[(row - 2) % len(_LINES)]
        equity = stitched_equity(windows, starting_balance=starting_balance)
        figure.add_scatter(
            x=equity["date"], y=equity["equity_quote"], name=name, line={"color": colour},
            row=1, col=1,
        )  # fmt: skip
        labels = [_span(result) for result in windows]
        for title, shade, values in (
            ("in training", COLOURS["muted"], [_sharpe(r, tested=False) for r in windows]),
            ("in the test", colour, [_sharpe(r, tested=True) for r in windows]),
        ):
            figure.add_bar(
                x=labels, y=values, name=f"{name}, {title}", marker_color=shade,
                customdata=[_chosen(result) for result in windows],
                hovertemplate="%{x}: %{y:.2f}<br>%{customdata}<extra></extra>",
                row=row, col=1,
            )  # fmt: skip
    dress(figure, height_px=340 + 260 * len(arms), simulated=simulated)
    return figure.update_layout(barmode="group", margin={"t": 60})


def _span(result: WindowResult) -> str:
    start = result.window.test.start
    return str(result.window.number) if start is None else f"{start:%Y-%m-%d}"


def _sharpe(result: WindowResult, *, tested: bool) -> float | None:
    trial = result.tested if tested else result.trained
    return None if trial is None or trial.metrics is None else trial.metrics.sharpe


def _chosen(result: WindowResult) -> str:
    if result.chosen is None:
        return "nothing could be judged"
    spike = ", a spike" if result.around is not None and result.around.is_spike else ""
    chosen = ", ".join(f"{name} {value}" for name, value in result.chosen)
    return figure_text(chosen) + spike
