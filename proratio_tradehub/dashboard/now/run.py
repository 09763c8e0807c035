"""A backtest where nothing ever traded: its figures and its last trades, as markup. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proratio_core.clock import from_ms
from proratio_tradehub.dashboard.look import (
    Cell,
    Html,
    card,
    facts,
    formats,
    note,
    table,
    tile,
    tiles,
    tone_of,
)

__all__ = ["RunFigures", "run_card", "run_tiles", "trades_card"]


@dataclass(frozen=True, slots=True)
class RunFigures:
    """A backtest: what was run, its figures by name, and its last trades, oldest first."""

    hash: str
    strategy: str
    timerange: str
    profile: str | None
    timeframe: str
    created_at: datetime
    metrics: Mapping[str, Any]
    refusals: Mapping[str, int]
    trades: Sequence[Mapping[str, Any]]


def run_tiles(run: RunFigures, quote: str, limit_frac: float) -> Html:
    """Return what came of it."""
    figures = run.metrics
    gain = figures.get("profit_quote")
    halts = f"deepest fall; trading halts at {formats.percent(limit_frac, 0)}"
    rate = f"{formats.percent(figures.get('win_rate_frac'), 0)} of them won"
    return tiles(
        tile(
            "Result",
            formats.change(gain, quote),
            formats.change_percent(figures.get("profit_frac")),
            tone_of(gain),
        ),
        tile("Drawdown", formats.percent(figures.get("max_drawdown_frac")), halts),
        tile("Trades", formats.count(figures.get("trades")), rate),
        tile("Sharpe", formats.plain(figures.get("sharpe")), "a year, from daily returns"),
    )


def run_card(run: RunFigures, quote: str) -> Html:
    """Return what was run, and what it cost."""
    figures = run.metrics
    return card(
        "This backtest",
        facts(
            [
                ("Strategy", run.strategy),
                ("Gated by", run.profile or "nobody"),
                ("Candles", f"{run.timeframe}, {run.timerange}"),
                ("Profit factor", formats.plain(figures.get("profit_factor"))),
                ("Time in market", formats.percent(figures.get("exposure_frac"), 0)),
                ("Fees", formats.money(figures.get("fees_quote"), quote)),
                ("Votes cost", formats.usd(figures.get("llm_cost_usd"))),
                ("Entries refused", formats.count(sum(run.refusals.values()))),
                ("Run at", formats.moment(run.created_at)),
            ]
        ),
        note("Past candles, played back: no order was ever sent."),
    )


def trades_card(run: RunFigures, quote: str) -> Html:
    """Return its last trades, the newest first."""
    if not run.trades:
        return card("Last trades", note("It never traded."))
    rows = [
        (
            trade["pair"],
            formats.moment(from_ms(trade["closed_at"])),
            formats.duration((trade["closed_at"] - trade["opened_at"]) / 1000),
            formats.price(trade["open_rate"]),
            formats.price(trade["close_rate"]),
            Cell(formats.change(trade["profit_quote"], quote), tone_of(trade["profit_quote"])),
            Cell(formats.change_percent(trade["profit_frac"]), tone_of(trade["profit_frac"])),
            trade["exit_reason"],
        )
        for trade in reversed(run.trades)
    ]
    columns = ("Pair", "Closed", "Held", "In at", "Out at", "Result", "", "Why it ended")
    return card("Last trades", table(columns, rows, caption="Last trades", text_columns=(0, 1, 7)))
