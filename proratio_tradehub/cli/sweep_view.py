"""How a sweep is shown: the best runs, what surrounds the best, and what was lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from proratio_quantlab.measures import Unit, format_value
from proratio_quantlab.objectives import WORST
from proratio_quantlab.sensitivity import score_map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from proratio_quantlab.inference import Selection
    from proratio_quantlab.search_space import Axis
    from proratio_quantlab.sensitivity import Sensitivity
    from proratio_tradehub.research import SweepOutcome, SweepRequest

__all__ = [
    "print_sweep",
    "score_map_table",
    "selection_line",
    "spike_line",
    "sweep_document",
    "sweep_lines",
]

_SHOWN = 10
_MAP_COLUMNS = 12
_MAP_ROWS = 20


def print_sweep(console: Console, request: SweepRequest, outcome: SweepOutcome) -> None:
    """Print the best runs, a map around the best and every reservation about it."""
    run = outcome.prepared.specification
    gate = "ungated" if run.profile is None else f"profile {run.profile}"
    if run.is_simulated:
        console.print("[black on yellow] SIMULATED [/] no market ever printed these candles")
    console.print(
        f"{run.family.replace(',', ', ')}, {run.timerange}, {gate}, by {request.objective}",
        markup=False,
        highlight=False,
    )
    if outcome.ranking:
        console.print(_ranking(outcome))
    if outcome.best is not None and len(request.space.axes) >= 2:
        rows, columns = request.space.axes[:2]
        if len(rows.values) <= _MAP_ROWS and len(columns.values) <= _MAP_COLUMNS:
            console.print(score_map_table(rows, columns, outcome))
    for line in sweep_lines(outcome):
        console.print(line, highlight=False)


def sweep_document(outcome: SweepOutcome) -> dict[str, Any]:
    """Return the whole outcome as one JSON document."""
    best = outcome.best
    return {
        "family": outcome.prepared.specification.family,
        "timerange": str(outcome.prepared.specification.timerange),
        "simulated": outcome.prepared.specification.is_simulated,
        "ran": outcome.ran,
        "reused": outcome.reused,
        "runs": [
            {
                "parameters": dict(summary.specification.parameters),
                "score": score,
                "specification": summary.specification.hash,
                "outcome": summary.run_hash,
                "trades": summary.metrics.trades,
                "profit_frac": summary.metrics.profit_frac,
                "sharpe": summary.metrics.sharpe,
                "max_drawdown_frac": summary.metrics.max_drawdown_frac,
            }
            for summary, score in outcome.ranking
        ],
        "failures": [
            {"parameters": dict(failure.specification.parameters), "error": failure.error}
            for failure in outcome.failures
        ],
        "distinct_outcomes_tried": outcome.tried,
        "deflated_sharpe": outcome.deflated,
        "selection": _selection_document(outcome.selection),
        "spike": None if best is None else best.is_spike,
        "kept_next_door_frac": None if best is None else best.kept_frac,
    }


def _selection_document(found: Selection | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "best": found.best,
        "verdict": found.verdict,
        "probability_of_overfitting": found.overfitting.probability,
        "spa_p_value": found.superiority.spa,
        "good_alone": found.alone,
        "discovered": found.discovered,
        "superior": list(found.superior),
    }


def score_map_table(rows: Axis, columns: Axis, outcome: SweepOutcome) -> Table:
    """Return the scores over the first two parameters, the others as in the best run."""
    if outcome.best is None:
        return Table()
    chosen = dict(outcome.best.point)
    table = Table(title=f"Score: {rows.name} down, {columns.name} across", title_justify="left")
    table.add_column(rows.name, justify="right")
    for value in columns.values:
        table.add_column(str(value), justify="right")
    scores = score_map(rows, columns, outcome.scores, through=outcome.best.point)
    for row, values in zip(rows.values, scores, strict=True):
        cells = [
            _cell(value, best=(row, column) == (chosen[rows.name], chosen[columns.name]))
            for column, value in zip(columns.values, values.tolist(), strict=True)
        ]
        table.add_row(str(row), *cells)
    return table


def spike_line(best: Sensitivity) -> str:
    """Return what is known of the surroundings of an optimum, as a line with markup."""
    edge = ""
    if best.edges:
        edge = f" It lies at the edge of {escape(', '.join(best.edges))}: try further values."
    if best.kept_frac is None:
        return f"[dim]Too few points were tried to say how steep the best one is.[/]{edge}"
    kept = f"{best.kept_frac:.0%} of its lead over the points further away"
    around = f"its {best.neighbours} neighbours keep {kept} (medians)"
    if best.is_spike:
        return (
            f"[yellow]SPIKE[/]: the best point stands alone, {around}. One step away the advantage "
            f"is gone; it has probably found noise.{edge}"
        )
    return f"No spike: {around}.{edge}"


def _ranking(outcome: SweepOutcome) -> Table:
    names = [name for name, _ in outcome.ranking[0][0].specification.parameters]
    table = Table()
    table.add_column("", justify="right")
    for name in (*names, "Score", "Trades", "Profit", "Sharpe", "Max drawdown"):
        table.add_column(escape(name), justify="right")
    for place, (summary, score) in enumerate(outcome.ranking[:_SHOWN], start=1):
        figures, stated = summary.metrics, dict(summary.specification.parameters)
        table.add_row(
            str(place),
            *(escape(str(stated.get(name, ""))) for name in names),
            "–" if score <= WORST else f"{score:.2f}",
            str(figures.trades),
            format_value(figures.profit_frac, Unit.FRAC),
            format_value(figures.sharpe, Unit.RATIO),
            format_value(figures.max_drawdown_frac, Unit.FRAC),
        )
    return table


def _cell(value: float, *, best: bool) -> str:
    if value != value or value <= WORST:  # noqa: PLR0124  # NaN: nothing was tried there
        return "[dim]–[/]"
    text = f"{value:.2f}"
    return f"[bold reverse]{text}[/]" if best else text


def sweep_lines(outcome: SweepOutcome) -> Iterator[str]:
    """Yield what was run and every reservation about the best, as lines with markup."""
    done = len(outcome.ranking)
    yield (
        f"{done + len(outcome.failures):,} runs: {outcome.ran:,} run now, {outcome.reused:,} known "
        f"before, {len(outcome.failures):,} failed."
    )
    for failure in outcome.failures[:_SHOWN]:
        stated = ", ".join(f"{name}={value}" for name, value in failure.specification.parameters)
        yield f"[red]failed[/] {escape(stated)}: {escape(failure.error)}"
    if outcome.best is None:
        return
    yield spike_line(outcome.best)
    if outcome.deflated is not None:
        yield (
            f"Deflated Sharpe: {outcome.deflated:.1%} that the best is more than luck, after "
            f"{outcome.tried:,} distinct outcomes tried on these candles, all sweeps counted."
        )
    if outcome.selection is not None:
        yield selection_line(outcome.selection)


def selection_line(found: Selection) -> str:
    """Return what picking the best explains, as a line with markup."""
    return (
        f"By Sharpe ratio: {escape(found.verdict)} Probability of overfitting "
        f"{found.overfitting.probability:.0%}, SPA p = {found.superiority.spa:.2f}."
    )
