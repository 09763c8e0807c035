"""How `proratio tax` shows a year."""

from __future__ import annotations

from decimal import Decimal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from proratio_tradehub.marks import Mark
from proratio_tradehub.tax import Pool, TaxReport, Totals

__all__ = ["show_tax"]

_MOST_NOTES = 10


def show_tax(console: Console, report: TaxReport) -> None:
    """Print the sums of a year, whose money it was, and what is not in it."""
    others = sorted(mark.value for mark in report.marks if mark is not Mark.LIVE)
    if others:
        console.print(
            f"[yellow]{' and '.join(others)}[/] accounts are among these: no real money, nothing "
            "taxable. --account chooses one."
        )
    if not report.totals:
        console.print(f"Nothing was realised in {report.year}.")
    else:
        console.print(_heading(report))
        console.print(_sums(report))
    for note in report.notes[:_MOST_NOTES]:
        console.print(f"[yellow]![/] {escape(note)}")
    if len(report.notes) > _MOST_NOTES:
        console.print(f"[yellow]![/] and {len(report.notes) - _MOST_NOTES} more of the kind.")
    console.print(
        "Counted in each market's quote currency. Deposits, withdrawals and trades made elsewhere "
        "are not known here. No advice."
    )


def _heading(report: TaxReport) -> str:
    coins = "the account that sold" if report.pool is Pool.ACCOUNT else "any account of its kind"
    method = report.method.value.upper()
    return f"{report.year} ({escape(str(report.zone))}), {method}, coins of {coins}"


def _sums(report: TaxReport) -> Table:
    table = Table()
    table.add_column("")
    for total in report.totals:
        table.add_column(total.quote, justify="right")
    sales, parts = len(report.realisations), len(report.contracts)
    rows = (
        (f"Proceeds of {sales:,} sales of lots", "proceeds_quote"),
        ("Their cost, fees included", "cost_quote"),
        ("Gains", "gains_quote"),
        ("Losses", "losses_quote"),
        ("  of both, held for more than 365 days", "long_term_quote"),
        (f"Result of {parts:,} contracts, funding included", "contracts_quote"),
        ("Realised in all", "net_quote"),
    )
    for label, name in rows:
        table.add_row(label, *(_money(total, name) for total in report.totals))
    return table


def _money(total: Totals, name: str) -> str:
    value: Decimal = getattr(total, name)
    return f"{value:,.2f}"
