"""`proratio demo`: from candles to a consensus-gated backtest with one command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.session import open_session, print_json, stage_progress

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from proratio_tradehub.backtesting import Outcome
    from proratio_tradehub.cli.session import Session
    from proratio_tradehub.demonstration import DemoMarket

__all__ = ["demo"]


def demo(
    *,
    profile: Annotated[
        str, typer.Option(help="Who gates the entries; offline asks rules and costs nothing.")
    ] = "offline",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask the exchange again and run everything again.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """Show all of it on two pairs and a year of hourly candles, with and without the consensus.

    Gets the candles from the exchange when it answers within 3 seconds, else makes a SIMULATED
    market and says so; exports them, fills the signal ledger, backtests AIEnhancedTrend and its
    ungated twin, and writes an HTML report. A second demo reuses what has not changed.

    Example: [bold]proratio demo[/]
    """
    from proratio_tradehub.backtesting import Backtester
    from proratio_tradehub.cli.outcome_view import outcome_document, print_outcome
    from proratio_tradehub.demonstration import demo_request, prepare_market

    with open_session() as session:
        parts = (session.settings, session.database)
        with stage_progress() as progress:
            market = prepare_market(*parts, clock=session.clock, fresh=fresh, progress=progress)
            with Backtester(*parts, clock=session.clock, progress=progress) as backtester:
                outcome = backtester.run(demo_request(market, profile=profile, fresh=fresh))
            progress("Writing the report", 0.0)
            report = _report(session, outcome)
        if json:
            print_json(outcome_document(outcome) | {"report": str(report)})
            return
        _say_where_from(session.console, market)
        print_outcome(session.console, outcome)
        session.console.print(f"Report: {report}", markup=False, highlight=False)


def _say_where_from(console: Console, market: DemoMarket) -> None:
    from rich.markup import escape

    words = {
        "kept": "stored before",
        "downloaded": "downloaded now",
        "generated": "generated now",
    }
    console.print(f"Candles of {market.exchange}: {words[market.origin]}.", highlight=False)
    if market.reason:
        console.print(f"[bold yellow]Not real candles:[/] {escape(market.reason)}.")


def _report(session: Session, outcome: Outcome) -> Path:
    """Write the report unless the one that is there shows these very runs; return its path."""
    from proratio_tradehub.cli.outcome_view import save_report

    path = session.settings.user_data / "reports" / "demo.html"
    hashes = [
        value for run in outcome.comparison.runs for value in (run.specification.hash, run.run_hash)
    ]
    shown = path.read_text("utf-8") if path.is_file() else ""
    if not all(value in shown for value in hashes):
        save_report(session, outcome, path)
    return path
