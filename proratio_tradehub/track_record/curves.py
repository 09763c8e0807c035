"""The pictures of a track record: accuracy, reliability, agreement, cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

import plotly.graph_objects as go

from proratio_quantlab.report.theme import COLOURS, dress
from proratio_signals.scoring import Scorecard, VoterScore
from proratio_signals.scoring.figures import Figures
from proratio_signals.scoring.intervals import Estimate

__all__ = [
    "accuracy_figure",
    "agreement_figure",
    "cost_figure",
    "figures_by_name",
    "reliability_figure",
]

_LINES: Final = tuple(COLOURS[name] for name in ("gated", "ungated", "up", "down", "muted"))
_MOST_DAYS: Final = 120
"""Bars thinner than a day's in four months are no longer seen; then they stand for weeks."""

_SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "x")


def figures_by_name(scorecard: Scorecard) -> dict[str, go.Figure]:
    """Return the figures a record has data for, by name."""
    figures = {}
    if any(voter.before or voter.after for voter in scorecard.voters):
        figures["accuracy"] = accuracy_figure(scorecard)
        figures["reliability"] = reliability_figure(scorecard)
    if scorecard.after is not None and scorecard.after.agreement.n:
        figures["agreement"] = agreement_figure(scorecard)
    if any(cost.usd for cost in scorecard.costs):
        figures["cost"] = cost_figure(scorecard)
    return figures


def accuracy_figure(scorecard: Scorecard) -> go.Figure:
    """Return how often each voter was right before and after the cutoff, with intervals."""
    figure = go.Figure()
    after = "right" if scorecard.is_rules else "after the cutoff: evidence"
    for name, colour, symbol, estimates in (
        ("before the cutoff: no evidence", "ungated", "circle-open", _accuracies(scorecard, 0)),
        (after, "gated", "circle", _accuracies(scorecard, 1)),
    ):
        if estimates:
            figure.add_scatter(
                x=[estimate.value * 100 for _, estimate in estimates],
                y=[voter for voter, _ in estimates],
                error_x=_bars([estimate for _, estimate in estimates]),
                mode="markers",
                name=name,
                marker={"color": COLOURS[colour], "size": 10, "symbol": symbol},
                hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
            )
    figure.add_vline(x=50, line={"color": COLOURS["muted"], "dash": "dot", "width": 1})
    dress(figure, height_px=380, simulated=scorecard.is_simulated)
    figure.update_xaxes(title_text="Direction right, %")
    return figure.update_yaxes(autorange="reversed")


def reliability_figure(scorecard: Scorecard) -> go.Figure:
    """Return how often opinions of each confidence were right; after the cutoff where known."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        name="as stated",
        line={"color": COLOURS["muted"], "dash": "dot", "width": 1},
        hoverinfo="skip",
    )
    for number, (voter, figures) in enumerate(_judged(scorecard)):
        bins = [one for one in figures.reliability if one.hit_frac.low is not None]
        colour = _LINES[number % len(_LINES)]
        figure.add_scatter(
            x=[one.confidence * 100 for one in bins],
            y=[one.hit_frac.value * 100 for one in bins],
            error_y=_bars([one.hit_frac for one in bins]),
            mode="lines+markers",
            name=voter.seat.name if voter.after else f"{voter.seat.name} (before the cutoff)",
            line={"color": colour, "width": 1.6},
            marker={"symbol": _SYMBOLS[number % len(_SYMBOLS)], "size": 8},
            customdata=[one.hit_frac.n for one in bins],
            hovertemplate="says %{x:.0f} %, right %{y:.1f} % of %{customdata}",
        )
    dress(figure, height_px=380, simulated=scorecard.is_simulated)
    figure.update_xaxes(title_text="Confidence stated, %", range=[0, 100])
    return figure.update_yaxes(title_text="Right, %", range=[0, 100])


def agreement_figure(scorecard: Scorecard) -> go.Figure:
    """Return how often two voters say the same, after the cutoff.

    The record must have questions answered there.
    """
    if scorecard.after is None:
        raise AssertionError("figures_by_name asks for it only with questions after the cutoff")
    found = scorecard.after.agreement
    shares = [[same * 100 for same in row] for row in found.same_frac]
    figure = go.Figure(
        go.Heatmap(
            x=found.voters,
            y=found.voters,
            z=shares,
            zmin=0,
            zmax=100,
            text=[[f"{share:.0f} %" for share in row] for row in shares],
            texttemplate="%{text}",
            colorscale=[[0, COLOURS["paper"]], [1, COLOURS["gated"]]],
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{x} and %{y}: the same action in %{text}<extra></extra>",
        )
    )
    dress(figure, height_px=380, simulated=scorecard.is_simulated)
    return figure.update_yaxes(autorange="reversed")


def cost_figure(scorecard: Scorecard) -> go.Figure:
    """Return what each day's candles cost to judge, by voter; of long records each week's."""
    days = [cost.day for cost in scorecard.costs]
    is_long = (max(days) - min(days)).days > _MOST_DAYS
    figure = go.Figure()
    for number, voter in enumerate(voter.seat.name for voter in scorecard.voters):
        spent: dict[date, float] = {}
        for cost in scorecard.costs:
            if cost.voter == voter:
                since = cost.day - timedelta(days=cost.day.weekday() if is_long else 0)
                spent[since] = spent.get(since, 0.0) + cost.usd
        if not spent:  # the vote itself costs nothing
            continue
        figure.add_bar(
            x=list(spent),
            y=list(spent.values()),
            name=voter,
            marker={"color": _LINES[number % len(_LINES)], "line": {"width": 0}},
            hovertemplate="%{x|%d %b %Y}: %{y:.4f} USD<extra>" + voter + "</extra>",
        )
    dress(figure, height_px=380, simulated=scorecard.is_simulated)
    figure.update_layout(barmode="stack", bargap=0.15)
    return figure.update_yaxes(
        title_text=f"USD a {'week' if is_long else 'day'}", rangemode="tozero"
    )


def _judged(scorecard: Scorecard) -> Iterator[tuple[VoterScore, Figures]]:
    for voter in scorecard.voters:
        figures = voter.after or voter.before
        if figures is not None:
            yield voter, figures


def _accuracies(scorecard: Scorecard, side: int) -> list[tuple[str, Estimate]]:
    sides = [(voter.seat.name, (voter.before, voter.after)[side]) for voter in scorecard.voters]
    return [(name, figures.accuracy) for name, figures in sides if figures is not None]


def _bars(estimates: Sequence[Estimate]) -> dict[str, object]:
    """Return the intervals as plotly draws them, none where there is none."""
    above = [0 if e.high is None else (e.high - e.value) * 100 for e in estimates]
    below = [0 if e.low is None else (e.value - e.low) * 100 for e in estimates]
    return {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "width": 4}
