"""How stress trials are shown: one line for each crash and profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from proratio_tradehub.stress import Trial

__all__ = ["print_trials", "trials_document"]

_MISSING = "–"


def trials_document(trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """Return the trials as plain values."""
    return [
        {
            "name": trial.name,
            "about": trial.about,
            "simulated": trial.result.simulated,
            "profile": trial.profile,
            "pairs": [str(pair) for pair in trial.pairs],
            "fall_frac": trial.fall_frac,
            "trades": trial.result.metrics.trades,
            "profit_frac": trial.result.metrics.profit_frac,
            "max_drawdown_frac": trial.result.metrics.max_drawdown_frac,
            "planned_frac": trial.planned_frac,
            "realised_frac": trial.realised_frac,
            "overshoot_frac": trial.overshoot_frac,
            "refusals": dict(trial.result.refusals),
            "timerange": str(trial.result.specification.timerange),
        }
        for trial in trials
    ]


def print_trials(console: Console, document: Sequence[Mapping[str, Any]]) -> None:
    """Print the table, what happened in each, and how to read it."""
    if not document:
        console.print("nothing was asked for, or nothing of it is stored")
        return
    table = Table()
    for heading in ("crash or shock", "fell", "profile"):
        table.add_column(heading, justify="right" if heading == "fell" else "left")
    for heading in ("trades", "refused", "drawdown", "planned", "realised", "past the plan"):
        table.add_column(heading, justify="right")
    previous = None
    for row in document:
        first = row["name"] != previous
        previous = row["name"]
        table.add_row(
            escape(row["name"]) if first else "",
            _part(row["fall_frac"]) if first else "",
            escape(row["profile"]),
            f"{row['trades']:,}",
            f"{sum(row['refusals'].values()):,}",
            _part(row["max_drawdown_frac"]),
            _part(row["planned_frac"]),
            _part(row["realised_frac"]),
            _past(row["overshoot_frac"]),
        )
    console.print(table)
    for line in _legend(document):
        console.print(line, highlight=False)


def _legend(document: Sequence[Mapping[str, Any]]) -> list[str]:
    told = {row["name"]: row for row in document}
    lines = [
        f"{escape(name)}: {escape(row['about'])}; {len(row['pairs'])} pairs"
        + (" [bold yellow]SIMULATED[/]" if row["simulated"] else f", {row['timerange']}")
        for name, row in told.items()
    ]
    return [
        *lines,
        "A probe wants in at every candle, asking nobody; the limits alone decide. Planned and "
        "realised are the worst loss of a trade, of equity at its entry.",
        "Freqtrade fills a stop at its price when a candle trades through it, and at the open of "
        "one that begins below it: within a candle a real fall may fill worse.",
    ]


def _past(overshoot_frac: float | None) -> str:
    if overshoot_frac is None:
        return _MISSING
    return f"[bold red]{overshoot_frac:+.2%}[/]" if overshoot_frac > 5e-5 else "no"


def _part(value: float | None) -> str:
    return _MISSING if value is None else f"{value:.2%}"
