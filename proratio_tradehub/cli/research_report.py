"""The pages that `proratio sweep` and `proratio walk-forward` write with --report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proratio_quantlab.report.research_page import ResearchPage
from proratio_quantlab.report.score_heatmap import score_heatmap
from proratio_quantlab.report.walk_windows import walk_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proratio_tradehub.research import SweepOutcome, SweepRequest, WalkOutcome

__all__ = ["sweep_page", "walk_page"]


def sweep_page(request: SweepRequest, outcome: SweepOutcome, lines: Sequence[str]) -> ResearchPage:
    """Return maps of the scores over every two parameters around the best run."""
    run = outcome.prepared.specification
    figures: dict[str, Any] = {}
    axes = [axis for axis in request.space.axes if len(axis.values) > 1]
    if outcome.best is not None:
        for number, rows in enumerate(axes):
            for columns in axes[number + 1 :]:
                figures[f"{rows.name} and {columns.name}, by {request.objective}"] = score_heatmap(
                    rows,
                    columns,
                    outcome.scores,
                    through=outcome.best.point,
                    simulated=run.is_simulated,
                )
    return ResearchPage(
        f"{run.strategy}: sweep",
        f"{run.family} · {run.timerange}",
        figures,
        lines,
        run.is_simulated,
    )


def walk_page(outcome: WalkOutcome, lines: Sequence[str]) -> ResearchPage:
    """Return what each window promised and what came of it."""
    run = outcome.prepared.specification
    arms = {
        "ungated" if arm.base.profile is None else f"gated by {arm.base.profile}": arm.windows
        for arm in outcome.arms
    }
    figure = walk_windows(arms, starting_balance=run.starting_balance, simulated=run.is_simulated)
    return ResearchPage(
        f"{run.strategy}: walk forward",
        f"{run.family} · {run.timerange}",
        {"What was chosen, what it promised, what came": figure},
        lines,
        run.is_simulated,
    )
