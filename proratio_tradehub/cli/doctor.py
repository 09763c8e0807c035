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
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """Check the installation: Python, packages, disk, database, Redis, profile, keys, exchange.

    Exits with 0 when everything needed is there (notes are only advice), else with 2. Keys are
    reported as present or missing; their values are never shown.

    Example: [bold]proratio doctor[/]
    """
    from proratio_core.errors import ConfigurationError
    from proratio_core.logs import configure_logs
    from proratio_core.settings import load_settings
    from proratio_tradehub.installation import Verdict, examine

    settings = load_settings()
    configure_logs(settings)
    findings = tuple(examine(settings))
    failed = any(finding.verdict is Verdict.FAILED for finding in findings)
    if json:
        _print_document(findings, healthy=not failed)
    else:
        _print_table(findings)
    if failed:
        raise typer.Exit(ConfigurationError.exit_code)


def _print_document(findings: Sequence[Finding], *, healthy: bool) -> None:
    from dataclasses import asdict

    from proratio_tradehub.cli.session import print_json

    print_json({"healthy": healthy, "findings": [asdict(finding) for finding in findings]})


def _print_table(findings: Sequence[Finding]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        colour = _COLOURS[finding.verdict]
        advice = f"\n[dim]{escape(finding.remedy)}[/]" if finding.remedy else ""
        table.add_row(
            f"[{colour}]{finding.verdict}[/]", finding.name, escape(finding.detail) + advice
        )
    Console().print(table)
