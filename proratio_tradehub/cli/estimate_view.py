"""What a backfill will cost, for people (a table) and for programs (a plain document)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from proratio_signals.estimate import Estimate

__all__ = ["estimate_document", "estimate_table"]


def estimate_document(estimate: Estimate) -> dict[str, Any]:
    """Return an estimate as plain values, dollars to the hundredth of a cent."""
    voters = [
        {**asdict(voter), **_dollars(voter.expected_usd, voter.worst_usd)}
        for voter in estimate.voters
    ]
    return {
        "voters": voters,
        "input_tokens": estimate.input_tokens,
        "output_tokens": estimate.output_tokens,
        **_dollars(estimate.expected_usd, estimate.worst_usd),
    }


def estimate_table(estimate: Estimate) -> Table:
    """Return one line a voter and one for all; nothing of it is spent."""
    table = Table(
        title="Nothing is asked yet. It would use", title_justify="left", show_footer=True
    )
    table.add_column("voter", "all", overflow="fold")
    table.add_column("calls", str(sum(v.calls for v in estimate.voters)), justify="right")
    table.add_column("tokens in", f"{estimate.input_tokens:,}", justify="right")
    table.add_column("tokens out", f"{estimate.output_tokens:,}", justify="right")
    table.add_column("USD expected", f"{estimate.expected_usd:.2f}", justify="right")
    table.add_column("USD at worst", f"{estimate.worst_usd:.2f}", justify="right")
    table.add_column("tokens from")
    for voter in estimate.voters:
        measured = f"{voter.measured_answers} answers"
        table.add_row(
            f"{escape(voter.voter)}\n[dim]{escape(voter.model)}[/]",
            str(voter.calls),
            f"{voter.input_tokens:,}",
            f"{voter.output_tokens:,}",
            f"{voter.expected_usd:.2f}",
            f"{voter.worst_usd:.2f}",
            measured if voter.measured_answers else "prompt size",
        )
    return table


def _dollars(expected_usd: float, worst_usd: float) -> dict[str, float]:
    return {"expected_usd": round(expected_usd, 4), "worst_usd": round(worst_usd, 4)}
