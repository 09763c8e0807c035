"""`proratio signals score`: what each voter was worth, from the ledger and what happened since."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.session import open_session, print_json
from proratio_tradehub.cli.signal_options import (
    AsJson,
    CandleLength,
    Exchange,
    ProfileName,
    Span,
    profile_named,
    series_judged,
    span_named,
)

if TYPE_CHECKING:
    from rich.console import Console

    from proratio_signals.scoring import Scorecard
    from proratio_tradehub.track_record import Sheet

__all__ = ["print_scorecard", "score", "sheet_table"]


def score(  # a command's options
    *,
    profile: ProfileName = None,
    pairs: Annotated[
        list[str] | None, typer.Option(help="Pairs, one or more. Default: all it was asked about.")
    ] = None,
    timeframe: CandleLength = "1h",
    timerange: Span = None,
    exchange: Exchange = "binance",
    trials: Annotated[
        int, typer.Option(min=1, help="Panels you tried in all, if more than this ledger knows.")
    ] = 1,
    json: AsJson = False,
    report: Annotated[
        Path | None, typer.Option(help="Write an HTML page with the curves to this file.")
    ] = None,
) -> None:
    """Judge every voter by what happened: beyond chance, beyond plain rules, and beyond memory.

    Each opinion meets its outcome at its own horizon. What a model may have read about, before its
    training cutoff, is shown apart and is no evidence.

    Example: [bold]proratio signals score --profile consensus --pairs BTC/USDT ETH/USDT --report
    record.html[/]
    """
    from proratio_signals.models import USER_FILE, load_models
    from proratio_signals.scoring import Judge
    from proratio_tradehub.track_record import scorecard_document, write_record

    with open_session() as session:
        chosen = profile_named(session, profile)
        keys = series_judged(session, chosen, pairs, exchange=exchange, timeframe=timeframe)
        models = load_models(session.settings.user_data / USER_FILE)
        judge = Judge(session.database, models, until=session.clock.now())
        scorecard = judge.scorecard(chosen, keys, span_named(timerange))
        if report is not None:
            write_record(report, scorecard, generated_at=session.clock.now(), trials=trials)
        if json:
            print_json(scorecard_document(scorecard, trials=trials))
            return
        print_scorecard(session.console, scorecard, trials=trials)
        if report is not None:
            session.console.print(f"Report: {report}", markup=False)


def print_scorecard(console: Console, scorecard: Scorecard, *, trials: int = 1) -> None:
    """Print every table of a record and what must be known beside it."""
    from rich.markup import escape

    from proratio_tradehub.track_record import caveats_of, sheets_of

    span = ""
    if scorecard.first is not None and scorecard.last is not None:
        span = f", {scorecard.first:%Y-%m-%d} to {scorecard.last:%Y-%m-%d}"
    heading = f"{scorecard.profile}: {scorecard.questions} questions{span}"
    console.print(f"[bold]{escape(heading)}[/]", highlight=False)
    if not scorecard.questions:
        console.print("nothing recorded; try: proratio signals backfill --help", highlight=False)
        return
    for sheet in sheets_of(scorecard, trials=trials):
        console.print(sheet_table(sheet))
    for caveat in caveats_of(scorecard):
        console.print(f"[yellow]•[/] {escape(caveat)}", highlight=False)


def _table(sheet: Sheet) -> object:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(sheet.title), title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(sheet.columns):
        is_text = not number or column in ("Verdict", "Shows", "Model")
        table.add_column(escape(column), justify="left" if is_text else "right")
    for row in sheet.rows:
        table.add_row(*(escape(cell) for cell in row))
    return table


def sheet_table(sheet: Sheet) -> object:
    """Return a table of a record for the terminal."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(sheet.title), title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(sheet.columns):
        is_text = not number or column in ("Verdict", "Shows", "Model")
        table.add_column(escape(column), justify="left" if is_text else "right")
    for row in sheet.rows:
        table.add_row(*(escape(cell) for cell in row))
    return table
