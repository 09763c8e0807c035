"""How the outcome of a backtest is shown: a table for people, a document for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from proratio_tradehub.cli.attribution_view import attribution_rows, attribution_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console

    from proratio_quantlab.comparison import Comparison, Line
    from proratio_quantlab.results import BacktestResult
    from proratio_tradehub.backtesting import Outcome
    from proratio_tradehub.cli.session import Session

__all__ = ["outcome_document", "print_outcome", "save_report"]

_VERDICTS = {
    "better": "[green]▲ better[/]",
    "worse": "[red]▼ worse[/]",
    "same": "[dim]= same[/]",
    "neutral": "",
}


def print_outcome(console: Console, outcome: Outcome) -> None:
    """Print the comparison with everything that must be known beside it."""
    comparison = outcome.comparison
    if comparison.gated.simulated:
        console.print(
            Panel(
                "SIMULATED  a random generator made these candles; no market ever printed them",
                style="bold black on yellow",
            )
        )
    for heading in _headings(comparison):
        console.print(f"[bold]{escape(heading)}[/]", highlight=False)
    console.print(_table(comparison))
    for run in comparison.runs:
        parts = attribution_table(run, comparison.quote)
        if parts is not None:
            console.print(parts)
    for note in _notes(outcome):
        console.print(f"[dim]{escape(note)}[/]", highlight=False)
    for line in comparison.certainty.lines:
        console.print(f"[cyan]•[/] {escape(line)}", highlight=False)
    for caveat in comparison.caveats:
        console.print(f"[yellow]•[/] {escape(caveat)}", highlight=False)


def save_report(session: Session, outcome: Outcome, path: Path) -> None:
    """Write the HTML report of an outcome to `path`."""
    from proratio_quantlab.report import write_report
    from proratio_tradehub.backtesting import pair_charts

    charts = pair_charts(outcome, session.database)
    write_report(path, outcome.comparison, charts, generated_at=session.clock.now())


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """Return everything an outcome says, as one JSON document."""
    from dataclasses import asdict

    comparison = outcome.comparison
    return {
        "simulated": comparison.gated.simulated,
        "rule_based": comparison.rule_based,
        "runs": [_run_document(run, reused=outcome.is_reused(run)) for run in comparison.runs],
        "difference": {line.measure.field: line.difference for line in comparison.lines},
        "certainty": asdict(comparison.certainty),
        "caveats": list(comparison.caveats),
    }


def _run_document(run: BacktestResult, *, reused: bool) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "gated": run.specification.is_gated,
        "reused": reused,
        "specification_hash": run.specification.hash,
        "run_hash": run.run_hash,
        "specification": run.specification.to_json(),
        "metrics": asdict(run.metrics),
        "strategies": attribution_rows(run),
        "refusals": dict(run.refusals),
        "worst_losses": asdict(run.worst_losses),
        "trades": [asdict(trade) for trade in run.trades],
    }


def _headings(comparison: Comparison) -> Iterator[str]:
    """Yield what was run and on what terms."""
    asked = comparison.gated.specification
    voters = " (RULE-BASED voters)" if comparison.rule_based else ""
    yield (
        f"{asked.strategy} on {', '.join(map(str, asked.pairs))} {asked.timeframe}, "
        f"{asked.exchange}, {asked.timerange}, profile {asked.profile or 'none'}{voters}"
    )
    yield (
        f"fee {asked.fee_frac:.2%} + slippage {asked.slippage_frac:.2%} per side, "
        f"start {asked.starting_balance:,.0f} {comparison.quote}"
    )


def _table(comparison: Comparison) -> Table:
    table = Table()
    table.add_column("Measure", no_wrap=True)
    table.add_column(comparison.title, justify="right", no_wrap=True)
    if comparison.ungated is not None:
        table.add_column("Ungated", justify="right", no_wrap=True)
        table.add_column("Difference", justify="right", no_wrap=True)
        table.add_column("Gated is", no_wrap=True)
    for line in comparison.lines:
        if line.measure.detail:
            continue
        table.add_row(*_cells(line, comparison))
    return table


def _cells(line: Line, comparison: Comparison) -> Iterator[str]:
    from proratio_quantlab.measures import format_difference, format_value

    unit = line.measure.unit
    yield line.measure.label_in(comparison.quote)
    yield format_value(line.gated, unit)
    if comparison.ungated is not None:
        yield format_value(line.ungated, unit)
        yield format_difference(line.difference, unit)
        yield _VERDICTS[line.verdict]


def _notes(outcome: Outcome) -> Iterator[str]:
    """Yield what was done and what was not, a line each."""
    from proratio_quantlab.risk_statement import risk_statement

    counts = {file.status.value: 0 for file in outcome.exported.files}
    for file in outcome.exported.files:
        counts[file.status.value] += 1
    files = ", ".join(f"{count} {status}" for status, count in counts.items())
    yield f"Candle files: {files}."
    if outcome.backfilled is not None:
        votes = outcome.backfilled
        yield (
            f"Votes: {votes.questions} candidates, {votes.answered_before} answered before, "
            f"{votes.asked} asked now ({votes.degraded} without quorum), "
            f"{len(votes.refused)} not askable, {votes.cost_usd:.2f} USD."
        )
    for run in outcome.comparison.runs:
        yield risk_statement(run)
    for run in outcome.comparison.runs:
        kind = "gated" if run.specification.is_gated else "ungated"
        how = "reused, nothing it depends on has changed" if outcome.is_reused(run) else "run now"
        yield (
            f"{kind.capitalize()}: {how}; specification {run.specification.hash[:12]}, "
            f"outcome {run.run_hash[:12]}."
        )
