"""How an orchestrator's outcome is split among its strategies: a table, and rows for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from proratio_quantlab.results import BacktestResult

__all__ = ["attribution_rows", "attribution_table"]


def attribution_table(run: BacktestResult, quote: str) -> Table | None:
    """Return a row for each strategy of a run; None when its trades name none."""
    from proratio_tradehub.backtesting import attribute

    parts = attribute(run.trades)
    if not parts:
        return None
    kind = "Gated" if run.specification.is_gated else "Ungated"
    table = Table(title=f"{kind}, by strategy", title_justify="left")
    table.add_column("Strategy", no_wrap=True)
    for heading in ("Trades", "Won", f"Profit, {quote}", "Worst", "Held"):
        table.add_column(heading, justify="right", no_wrap=True)
    for part in parts:
        table.add_row(
            part.strategy,
            str(part.trades),
            f"{part.wins / part.trades:.0%}",
            f"{part.profit_quote:+,.2f}",
            f"{part.worst_quote:+,.2f}",
            f"{part.holding.total_seconds() / 3_600:.1f} h",
        )
    return table


def attribution_rows(run: BacktestResult) -> list[dict[str, Any]]:
    """Return the same as rows for JSON."""
    from dataclasses import asdict

    from proratio_tradehub.backtesting import attribute

    rows = [asdict(part) for part in attribute(run.trades)]
    for row in rows:
        row["holding_s"] = row.pop("holding").total_seconds()
    return rows
