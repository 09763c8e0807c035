"""Draws an ordered, a running and an ended backtest as markup. Pure."""

from __future__ import annotations

from datetime import datetime

from proratio_quantlab.specification import UNGATED
from proratio_tradehub.dashboard.launching import BacktestOrder, Launch, LaunchState
from proratio_tradehub.dashboard.look import (
    Html,
    Tone,
    badge,
    card,
    facts,
    formats,
    meter,
    note,
    tag,
)

__all__ = ["ended_bar", "order_card", "running_card"]

_ENDS = {
    LaunchState.DONE: ("● finished", Tone.GOOD),
    LaunchState.FAILED: ("■ failed", Tone.BAD),
    LaunchState.CANCELLED: ("○ cancelled", Tone.MUTED),
    LaunchState.OVERDUE: ("■ ended: too slow", Tone.BAD),
}
_COSTS = (
    "Candidates that nobody voted on yet are put to language models now, and paid for, up to what "
    "is left of the budget."
)


def order_card(order: BacktestOrder, *, asks_models: bool) -> Html:
    """Return what is about to be started, and what it may cost."""
    return card(
        "Is this meant?",
        _facts(order),
        note(_COSTS, Tone.WARN) if asks_models else note("Nobody is paid for it."),
        tone=Tone.WARN if asks_models else Tone.PLAIN,
    )


def running_card(launch: Launch, now: datetime) -> Html:
    """Return how far a backtest is."""
    passed = formats.duration((now - launch.started_at).total_seconds())
    bar = meter(launch.stage, launch.percent / 100, f"{launch.percent}%", warn_frac=2.0)
    return card(
        "A backtest is running",
        tag("p", launch.order.title, class_="p-sentence"),
        bar,
        aside=f"{passed}, started by {launch.by}",
    )


def ended_bar(launch: Launch) -> Html:
    """Return how a backtest ended."""
    word, tone = _ENDS[launch.state]
    took = "" if launch.ended_at is None else (launch.ended_at - launch.started_at).total_seconds()
    return card(
        launch.order.title,
        badge(word, tone),
        note(launch.problem, tone) if launch.problem else None,
        aside=f"after {formats.duration(float(took or 0.0))}, started by {launch.by}",
        tone=Tone.BAD if tone is Tone.BAD else Tone.PLAIN,
    )


def _facts(order: BacktestOrder) -> Html:
    gate = "nobody: ungated" if order.profile == UNGATED else order.profile
    return facts(
        [
            ("Strategy", order.strategy),
            ("Candles", f"{order.exchange} {order.timeframe}"),
            ("Pairs", ", ".join(map(str, order.pairs))),
            ("Days", f"{order.first_day} to {order.last_day}, UTC"),
            ("Gated by", gate),
            ("Twin", "compared with its ungated twin" if order.compare_ungated else "none"),
        ]
    )
