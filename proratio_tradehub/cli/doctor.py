"""`proratio doctor`: what the installation has, what it lacks, and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proratio_tradehub.installation import Finding

__all__ = ["doctor"]

_COLOURS = {"ok": "green", "note": "yellow", "failed": "bold red"}


def doctor(
    *,
    models: Annotated[
        bool,
        typer.Option("--models", help="Ask each provider about its model too; that costs nothing."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """Check the installation: packages, disk, database, voters, services, files, keys, exchange.

    Exits with 0 when everything needed is there (notes are only advice), else with 2: also when the
    exchange's key may withdraw, or others can read a secret. Values of keys are never shown.

    Example: [bold]proratio doctor[/]
    """
    from proratio_core.clock import SystemClock
    from proratio_core.errors import ConfigurationError
    from proratio_core.logs import configure_logs
    from proratio_core.settings import load_settings
    from proratio_tradehub.installation import Verdict, examine

    settings = load_settings()
    configure_logs(settings)
    findings = []
    for finding in examine(settings, SystemClock(), models=models):
        findings.append(finding)
        if not json:
            _print_line(finding)
    failed = any(finding.verdict is Verdict.FAILED for finding in findings)
    if json:
        _print_document(findings, healthy=not failed)
    if failed:
        raise typer.Exit(ConfigurationError.exit_code)


def _print_document(findings: Sequence[Finding], *, healthy: bool) -> None:
    from dataclasses import asdict

    from proratio_tradehub.cli.session import print_json

    print_json({"healthy": healthy, "findings": [asdict(finding) for finding in findings]})


def _print_line(finding: Finding) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    advice = f"\n[dim]{escape(finding.remedy)}[/]" if finding.remedy else ""
    line = Table.grid(padding=(0, 2))
    line.add_column(width=6)
    line.add_column(width=8)
    line.add_column(overflow="fold")
    line.add_row(
        f"[{_COLOURS[finding.verdict]}]{finding.verdict}[/]",
        finding.name,
        escape(finding.detail) + advice,
    )
    Console(highlight=False).print(line)
