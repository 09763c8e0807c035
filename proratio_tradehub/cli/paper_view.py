"""How paper trading looks: the progress of a replay, what it came to, and how the bots are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from proratio_tradehub.paper import Agreement, Health, Outcome, Progress, ReplayPlan

__all__ = [
    "health_document",
    "outcome_document",
    "print_health",
    "print_outcome",
    "session_progress",
]

_MOST_SHOWN: Final = 20


@contextmanager
def session_progress(plan: ReplayPlan) -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows how far a session is; on standard error, gone when done."""
    from time import perf_counter

    from rich import progress as bars

    columns = (
        bars.BarColumn(),
        bars.TextColumn("{task.fields[state]}"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(
        bars.TextColumn("SIMULATED"), *columns, console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("replay", total=plan.span.total_seconds(), state="starting")
        began = perf_counter()

        def show(progress: Progress) -> None:
            passed_s = (progress.now - plan.start).total_seconds()
            speed = passed_s / max(perf_counter() - began, 1e-9)
            equity = "" if progress.equity_quote is None else f", {progress.equity_quote:,.2f}"
            state = (
                f"{progress.now:%Y-%m-%d %H:%M} x{speed:,.0f}, {progress.closed} trades closed, "
                f"{progress.open} open{equity}"
            )
            bar.update(task, completed=passed_s, state=state)

        yield show


def print_outcome(console: Console, outcome: Outcome, agreement: Agreement | None) -> None:
    """Print what a session came to, and how it agrees with the backtest."""
    plan = outcome.plan
    console.print(
        Panel(
            f"SIMULATED  {plan.strategy} on recorded candles of {plan.exchange}, in virtual time; "
            "no order was sent",
            style="bold black on yellow",
        )
    )
    console.print(_figures(outcome))
    if agreement is not None:
        console.print(_agreement_table(agreement))
        for line in agreement.lines[:_MOST_SHOWN]:
            console.print(f"[cyan]•[/] {escape(line)}", highlight=False)
        if len(agreement.lines) > _MOST_SHOWN:
            console.print(f"… and {len(agreement.lines) - _MOST_SHOWN} more; --json has them all")
    if outcome.interrupted:
        console.print("[yellow]stopped by Ctrl-C; this is what was traded until then[/]")


def outcome_document(outcome: Outcome, agreement: Agreement | None) -> dict[str, Any]:
    """Return everything a session says, as one JSON document."""
    from dataclasses import asdict

    document: dict[str, Any] = {
        "mark": "SIMULATED",
        "strategy": outcome.plan.strategy,
        "start": outcome.plan.start,
        "until": outcome.until,
        "interrupted": outcome.interrupted,
        "voters": outcome.voters,
        "loops": outcome.loops,
        "wall_s": round(outcome.wall_s, 3),
        "speed": round(outcome.speed, 1),
        "cpu_speed": round(outcome.cpu_speed, 1),
        "profit_quote": outcome.profit_quote,
        "profit_frac": outcome.profit_frac,
        "sha256": outcome.hash,
        "refusals": dict(outcome.refusals),
        "trades": [asdict(trade) for trade in outcome.trades],
    }
    if agreement is not None:
        document["backtest"] = {
            "entries": agreement.entries,
            "entries_matched": agreement.entries_matched,
            "exits_matched": agreement.exits_matched,
            "unexplained": agreement.unexplained,
            "differences": list(agreement.lines),
        }
    return document


def print_health(reports: Sequence[Health], now: datetime) -> None:
    """Print how the supervised bots are."""
    console = Console()
    if not reports:
        console.print("nothing is on paper; `proratio paper STRATEGY` starts a bot")
        return
    table = Table()
    for name in ("Bot", "State", "Process", "Restarts", "Last loop", "Well"):
        table.add_column(name, overflow="fold")
    for report in reports:
        loop = "none" if report.last_loop_at is None else f"{_age(now, report.last_loop_at)} ago"
        trouble = report.trouble(now)
        table.add_row(
            f"{report.mark} {escape(report.strategy)}",
            report.state,
            str(report.bot_pid or "-"),
            str(report.restarts),
            loop,
            f"[red]no: {escape(trouble)}[/]" if trouble else "[green]yes[/]",
        )
    console.print(table)


def health_document(report: Health, now: datetime) -> dict[str, Any]:
    """Return a report as a JSON document."""
    from dataclasses import asdict

    trouble = report.trouble(now)
    return {**asdict(report), "well": not trouble, "trouble": trouble}


def _figures(outcome: Outcome) -> Table:
    plan = outcome.plan
    pairs = f"{len(plan.pairs)} pair{'s' if len(plan.pairs) > 1 else ''}"
    table = Table(show_header=False)
    rows = {
        "virtual time": f"{plan.start:%Y-%m-%d %H:%M} to {outcome.until:%Y-%m-%d %H:%M} UTC",
        "traded": f"{pairs} on {plan.timeframe} candles, a loop in {plan.step_s} s",
        "entries gated by": outcome.voters,
        "trades": f"{len(outcome.trades)}",
        "profit": f"{outcome.profit_quote:+,.2f} ({outcome.profit_frac:+.2%})",
        "refused": ", ".join(f"{n} {rule}" for rule, n in outcome.refusals.items()) or "none",
        "speed": f"{outcome.speed:,.0f} x real time ({outcome.loops:,} loops in "
        f"{outcome.wall_s:,.1f} s; {outcome.cpu_speed:,.0f} x per second of processor)",
        "SHA-256 of the trades": outcome.hash,
    }
    for name, value in rows.items():
        table.add_row(name, escape(value))
    return table


def _agreement_table(agreement: Agreement) -> Table:
    table = Table("beside the backtest", "agree", "of")
    entries = (agreement.entries_matched, agreement.entries)
    exits = (agreement.exits_matched, agreement.entries_matched)
    for name, (agree, every) in (("entries", entries), ("exits", exits)):
        share = f" ({agree / every:.1%})" if every else ""
        table.add_row(name, f"{agree}{share}", str(every))
    return table


def _age(now: datetime, then: datetime) -> str:
    seconds = (now - then).total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
