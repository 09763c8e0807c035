"""How two runs are shown beside each other: a table for people, a document for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from proratio_quantlab.inference import Interval
    from proratio_quantlab.pairing import PairedRuns
    from proratio_quantlab.results import BacktestResult

__all__ = ["pair_document", "print_pair"]


def print_pair(console: Console, pair: PairedRuns) -> None:
    """Print both runs, their difference, and what may be believed of it."""
    for name, run in (("first", pair.first), ("second", pair.second)):
        console.print(f"[bold]{name}[/]  {escape(_heading(run))}", highlight=False)
    console.print(_table(pair))
    for line in pair.lines:
        console.print(escape(line), highlight=False)
    console.print(f"[bold]{escape(pair.verdict)}[/]", highlight=False)
    for caveat in pair.caveats:
        console.print(f"[yellow]•[/] {escape(caveat)}", highlight=False)


def pair_document(pair: PairedRuns) -> dict[str, Any]:
    """Return everything that is shown, as one JSON document."""
    from dataclasses import asdict

    def interval(found: Interval | None) -> dict[str, Any] | None:
        return None if found is None else asdict(found)

    return {
        "first": _run_document(pair.first),
        "second": _run_document(pair.second),
        "days": pair.days,
        "first_day": pair.first_day.isoformat(),
        "last_day": pair.last_day.isoformat(),
        "correlation": pair.correlation,
        "daily_difference": interval(pair.daily),
        "sharpe_difference": interval(pair.sharpe),
        "verdict": pair.verdict,
        "caveats": list(pair.caveats),
    }


def _run_document(run: BacktestResult) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "specification_hash": run.specification.hash,
        "run_hash": run.run_hash,
        "specification": run.specification.to_json(),
        "metrics": asdict(run.metrics),
    }


def _heading(run: BacktestResult) -> str:
    asked = run.specification
    parameters = ", ".join(f"{name} {value}" for name, value in asked.parameters)
    return (
        f"{asked.hash[:12]} {asked.strategy}@{asked.profile or 'none'} on "
        f"{', '.join(map(str, asked.pairs))} {asked.timeframe}, {asked.exchange}, "
        f"{asked.timerange}{f', {parameters}' if parameters else ''}"
    )


def _table(pair: PairedRuns) -> Table:
    from proratio_quantlab.measures import MEASURES, format_difference, format_value

    table = Table()
    table.add_column("Measure", no_wrap=True)
    for name in ("First", "Second", "Difference"):
        table.add_column(name, justify="right", no_wrap=True)
    quote = pair.first.specification.pairs[0].quote
    for measure in MEASURES:
        one, other = measure.of(pair.first.metrics), measure.of(pair.second.metrics)
        if measure.detail:
            continue
        difference = None if one is None or other is None else one - other
        table.add_row(
            measure.label_in(quote),
            format_value(one, measure.unit),
            format_value(other, measure.unit),
            format_difference(difference, measure.unit),
        )
    return table
