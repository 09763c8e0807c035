"""Costs for people: tables and lines made of the plain documents programs get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

__all__ = ["caps_line", "cost_table", "health_lines", "trade_table"]

_MISSING = "–"
_COLOURS = {"closed": "green", "half-open": "yellow", "open": "bold red"}


def caps_line(today: Mapping[str, Any]) -> str:
    """Return what today's money comes to, and every cap."""
    caps = today["caps"]
    total = caps["total_usd"]
    left = max(0.0, total - today["spent_usd"] - today["reserved_usd"])
    parts = [
        f"Today (UTC {today['day']}): spent {today['spent_usd']:.4f} USD, "
        f"reserved {today['reserved_usd']:.4f}, cap {total:.2f}, left {left:.4f}"
    ]
    if caps["profile_usd"] is not None:
        parts.append(f"profile cap {caps['profile_usd']:.2f}")
    parts += [f"{name} cap {usd:.2f}" for name, usd in caps["providers_usd"].items()]
    return escape("; ".join(parts))


def health_lines(providers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield how each provider's last calls went, a line each."""
    for health in providers:
        state = str(health["state"])
        yield (
            f"{escape(health['provider'])}: breaker [{_COLOURS[state]}]{state}[/], "
            f"{health['failures']} failures in a row, last {escape(health['last_outcome'])} "
            f"at {health['last_at']:%Y-%m-%d %H:%M:%S} UTC"
        )


def cost_table(rows: Sequence[Mapping[str, Any]], *, by: str, stake_usd: float) -> Table:
    """Return one line a day, provider or pair, and their sum."""
    table = Table(title=f"LLM cost by {by}, USD", title_justify="left")
    table.add_column(by)
    for heading in ("calls", "answered", "tokens in", "tokens out", "spent", "reserved"):
        table.add_column(heading, justify="right")
    table.add_column("a call", justify="right")
    table.add_column(f"edge on {stake_usd:,.0f}", justify="right")
    for row in rows:
        edge = row["break_even_edge_frac"]
        table.add_row(
            row["group"],
            *(f"{row[name]:,}" for name in ("calls", "answered", "input_tokens", "output_tokens")),
            *(f"{row[name]:,.4f}" for name in ("spent_usd", "reserved_usd")),
            _MISSING if row["call_usd"] is None else f"{row['call_usd']:.4f}",
            _MISSING if edge is None else f"{edge:.4%}",
        )
    return table


def trade_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return one line a trade: what it made, what its votes cost, what it had to make."""
    table = Table(title="LLM cost by trade, USD", title_justify="left")
    for heading in ("pair", "opened (UTC)", "vote"):
        table.add_column(heading)
    for heading in ("stake", "profit", "its vote", "its share", "edge needed"):
        table.add_column(heading, justify="right")
    for row in rows:
        edge = row["break_even_edge_frac"]
        table.add_row(
            row["pair"],
            f"{row['opened_at']:%Y-%m-%d %H:%M}",
            _MISSING if row["vote_id"] is None else str(row["vote_id"]),
            f"{row['stake_quote']:,.2f}",
            f"{row['profit_quote']:+,.2f}",
            f"{row['vote_usd']:.4f}",
            f"{row['share_usd']:.4f}",
            f"{edge:.4%}",
        )
    return table
