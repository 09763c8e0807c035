"""How brakes, limits and risk profiles are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from proratio_tradehub.desk import Headroom, RiskReport
    from proratio_tradehub.halts import HaltEvent, Standing
    from proratio_tradehub.risk import RiskProfile

__all__ = [
    "event_document",
    "print_profile",
    "print_profiles",
    "print_status",
    "status_document",
]


def print_status(
    console: Console, standing: Standing, reports: Sequence[RiskReport], *, now: datetime
) -> None:
    """Print whether entries are held back, and what each bot has used of its limits."""
    colour = "green" if standing.allows_entries else "bold red"
    console.print(f"[{colour}]{escape(_headline(standing))}[/]")
    for event in standing.restraints:
        console.print(f"  {event}", markup=False, soft_wrap=True)
    if standing.unknown:
        console.print(f"  not certain: {standing.unknown}", markup=False, soft_wrap=True)
    if standing.restraints:
        console.print("  stops and exits go on; lift it with: proratio risk resume --reason ...")
    if not reports:
        console.print("No bot has reported; limits are shown once one trades.")
    for report in reports:
        _print_report(console, report, now=now)


def status_document(
    standing: Standing, reports: Sequence[RiskReport], missed: Sequence[str], *, now: datetime
) -> dict[str, Any]:
    """Return the same as one JSON document."""
    return {
        "mode": standing.mode.value,
        "allows_entries": standing.allows_entries,
        "restraints": [event_document(event) for event in standing.restraints],
        "unknown": standing.unknown,
        "not_settled": list(missed),
        "bots": [asdict(report) | {"fresh": report.is_fresh(now)} for report in reports],
    }


def event_document(event: HaltEvent) -> dict[str, Any]:
    """Return an order as a JSON document."""
    return asdict(event)


def print_profiles(profiles: Sequence[RiskProfile], *, chosen: str) -> None:
    """Print a line for each risk profile; the one the settings name is marked."""
    table = Table()
    for name in ("Profile", "A trade", "Drawdown", "Positions", "Heat", "Stake", "For"):
        table.add_column(name, no_wrap=name != "For", overflow="fold")
    for profile in profiles:
        table.add_row(
            f"[bold]{profile.name} *[/]" if profile.name == chosen else profile.name,
            f"{profile.max_planned_loss_frac:.1%}",
            f"{profile.max_drawdown_frac:.0%}",
            str(profile.max_positions),
            f"{profile.max_heat_frac:.0%}",
            f"{profile.sizing.stake_frac:.0%}",
            escape(profile.description),
        )
    console = Console(highlight=False)
    console.print(table)
    console.print("* in PRORATIO_RISK_PROFILE; `proratio risk show NAME` shows every limit")


def print_profile(profile: RiskProfile) -> None:
    """Print every limit of a profile."""
    console = Console(highlight=False)
    console.print(f"[bold]{profile.name}[/]: {escape(profile.description)}", soft_wrap=True)
    console.print(f"hash {profile.hash[:12]}")
    table = Table()
    table.add_column("Limit", no_wrap=True)
    table.add_column("Value", justify="right")
    document = profile.model_dump(mode="json", exclude={"name", "description"})
    for name, value in _flattened(document):
        table.add_row(name, "[dim]not limited[/]" if value is None else escape(str(value)))
    console.print(table)


def _headline(standing: Standing) -> str:
    if standing.allows_entries:
        return "Entries are allowed: nothing is halted."
    if standing.restraints:
        return f"Entries are held back: {standing.mode}."
    return "Entries are held back: the halts are not known for certain."


def _print_report(console: Console, report: RiskReport, *, now: datetime) -> None:
    age_s = (now - report.updated_at).total_seconds()
    there = "running" if report.is_fresh(now) else "NOT RUNNING"
    console.print(
        f"\n[bold]{escape(report.account)}[/], {escape(report.strategy)}, risk profile "
        f"{report.profile} {report.profile_hash[:12]}: {there}, last report {age_s:,.0f} s ago",
        soft_wrap=True,
    )
    if report.held_back:
        console.print(f"  no entries: {report.held_back}", markup=False, soft_wrap=True)
    equity = "unknown" if report.equity_quote is None else f"{report.equity_quote:,.2f}"
    console.print(f"  equity {equity}, open positions at their last price")
    if report.headroom:
        console.print(_headroom_table(report.headroom))
    for held in report.positions:
        stop = "no stop" if held.stop_price is None else f"stop {held.stop_price:g}"
        console.print(
            f"  {held.side} {held.pair}: worth {held.value_quote:,.2f}, {stop}, would lose "
            f"{held.planned_loss_quote:,.2f} there",
            markup=False,
        )
    if report.refused:
        total = sum(report.refused.values())
        parts = ", ".join(f"{count:,} {rule}" for rule, count in report.refused.items())
        console.print(f"  {total:,} entries refused since it started: {parts}", markup=False)


def _headroom_table(headroom: Sequence[Headroom]) -> Table:
    table = Table()
    table.add_column("Limit", no_wrap=True)
    for name in ("Used", "Allowed", "Left"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in headroom:
        shown = "{:.2%}" if line.unit == "frac" else "{:.0f}"
        style = "bold red" if line.left <= 0.0 else ""
        cells = (shown.format(value) for value in (line.used, line.allowed, line.left))
        table.add_row(line.limit, *cells, style=style)
    return table


def _flattened(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _flattened(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, entry in enumerate(value, start=1):
                yield from _flattened(entry, f"{prefix}{name}.{number}.")
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            yield f"{prefix}{name}", shown
