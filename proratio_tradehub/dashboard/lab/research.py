"""The pictures of a search: scores around an optimum, and choices judged by what came next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import plotly.graph_objects as go

from proratio_core.database import Database
from proratio_core.values import Timerange
from proratio_quantlab.laboratory import Trial
from proratio_quantlab.report.score_heatmap import score_heatmap
from proratio_quantlab.report.walk_windows import walk_windows
from proratio_quantlab.results import BacktestResult
from proratio_quantlab.run_index import RunIndex, RunSummary
from proratio_quantlab.walk_forward import WindowResult
from proratio_quantlab.windows import Window
from proratio_tradehub.dashboard.lab.variants import (
    Step,
    Variant,
    axes_of,
    scores_over,
    steps_of,
)
from proratio_tradehub.dashboard.reading import rows

__all__ = ["read_variants", "research_figures"]

_MOST: Final = 5_000
_FEWEST_STEPS: Final = 2
_VARIANTS: Final = (
    "SELECT specification_hash, timerange, specification->'parameters', sharpe FROM backtest_run "
    "WHERE family = %s AND specification->>'profile_hash' = %s "
    "ORDER BY created_at DESC, id DESC LIMIT %s"
)


def read_variants(database: Database, run: BacktestResult) -> tuple[Variant, ...]:
    """Return the runs of the same strategy, candles and gate, the newest first."""
    asked = run.specification
    found = rows(database, _VARIANTS, (asked.family, asked.profile_hash, _MOST))
    return tuple(
        Variant(
            name,
            Timerange() if span == "-" else Timerange.parse(span),
            tuple(sorted((parameters or {}).items())),
            sharpe,
        )
        for name, span, parameters, sharpe in found
    )


def research_figures(database: Database, run: BacktestResult) -> Iterator[tuple[str, go.Figure]]:
    """Yield the pictures of the searches a run belongs to; none where it belongs to none."""
    variants = read_variants(database, run)
    scores = scores_over(variants, run.specification.timerange)
    axes = axes_of(scores)
    if axes is not None:
        best = max(scores, key=lambda point: scores[point])
        names = [name for name, _ in best]
        alike = {point: score for point, score in scores.items() if [n for n, _ in point] == names}
        yield (
            "sensitivity",
            score_heatmap(*axes, alike, through=best, simulated=run.simulated),
        )
    steps = steps_of(variants)
    if len(steps) >= _FEWEST_STEPS:
        yield "walk", _walk(database, run, steps)


def _walk(database: Database, run: BacktestResult, steps: tuple[Step, ...]) -> go.Figure:
    index = RunIndex(database)
    hashes = [one.hash for step in steps for one in (step.trained, step.tested)]
    summaries, daily = index.find(hashes), index.daily_returns(hashes)
    windows = [
        _window(number, step, summaries, daily) for number, step in enumerate(steps, start=1)
    ]
    name = "gated" if run.specification.is_gated else "ungated"
    balance = run.specification.starting_balance
    return walk_windows({name: windows}, starting_balance=balance, simulated=run.simulated)


def _window(
    number: int,
    step: Step,
    summaries: dict[str, RunSummary],
    daily: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]],
) -> WindowResult:
    trained, tested = (
        Trial(
            summaries[one.hash].specification,
            summaries[one.hash].metrics,
            daily.get(one.hash, np.zeros(0)),
            reused=True,
        )
        for one in (step.trained, step.tested)
    )
    return WindowResult(
        window=Window(number, step.trained.timerange, step.tested.timerange),
        chosen=step.tested.point,
        trained=trained,
        tested=tested,
        daily=tested.daily,
        around=None,
        failed=0,
        runs=0,
        engine_s=0.0,
        seconds=0.0,
    )
