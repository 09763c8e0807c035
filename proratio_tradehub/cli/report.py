"""`proratio report`: the tear sheet of a stored run, or what an account did in a day or week."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from proratio_tradehub.cli.session import open_session

if TYPE_CHECKING:
    from proratio_tradehub.cli.session import Session

__all__ = ["report"]

_PERIODS: Final = ("daily", "weekly")


def report(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN|daily|weekly",
            help="The hash of a specification or of an outcome, or its first characters; or "
            "STRATEGY, or STRATEGY@PROFILE (@none is ungated), for the newest. Or 'daily' or "
            "'weekly': what the bots did.",
        ),
    ],
    *,
    html: Annotated[
        Path | None,
        typer.Option(help="Write the page to this file. Default for a run: STRATEGY-HASH.html."),
    ] = None,
    png: Annotated[
        Path | None, typer.Option(help="Write the pictures to this folder, as PNG files too.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="daily, weekly: write Markdown to this file.")
    ] = None,
    account: Annotated[
        str | None,
        typer.Option(help='daily, weekly: whose, "BOT MODE SOURCE MARKET". Default: everybody\'s.'),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD",
            help="daily: that day; weekly: the week it lies in. Default: the last that is over.",
        ),
    ] = None,
) -> None:
    """Write what a run, a day or a week can be judged by.

    Of a stored run: one HTML file that loads nothing. The wallet with bands of resampled pasts,
    drawdowns, months, the spread of daily returns, rolling figures, what each kind of market gave,
    and how sure the Sharpe ratio is.

    Of a day or a week: profit, equity, drawdown, strategies and pairs, opinions against outcomes,
    cost, refused entries, incidents, and the backtest of the same days, trade by trade; as Markdown
    on the terminal unless a file is named.

    Example: [bold]proratio report AIEnhancedTrend --html sheet.html --png pictures[/]
    Example: [bold]proratio report daily --day 2024-03-01 --html day.html[/]
    """
    with open_session() as session:
        if run in _PERIODS:
            from proratio_tradehub.cli.report_period import write_reports

            write_reports(session, run, account=account, day=day, html=html, markdown=markdown)
            return
        _refuse(account=account, day=day, markdown=markdown)
        _tear_sheet(session, run, html, png)


def _tear_sheet(session: Session, run: str, html: Path | None, png: Path | None) -> None:
    from proratio_quantlab.report import write_pictures, write_tear_sheet
    from proratio_quantlab.run_lookup import find_run
    from proratio_tradehub.backtesting import tear_sheet_of

    found = find_run(session.database, run)
    asked = found.specification
    sheet = tear_sheet_of(found, session.database, session.settings)
    path = html or Path(f"{asked.strategy}-{asked.hash[:12]}.html")
    write_tear_sheet(path, sheet, generated_at=session.clock.now())
    session.console.print(f"Tear sheet: {path}", markup=False)
    for file in write_pictures(png, sheet.figures) if png is not None else ():
        session.console.print(f"Picture: {file}", markup=False)


def _refuse(**options: object) -> None:
    """Refuse what only a day or a week has."""
    from proratio_core.errors import ConfigurationError

    given = [f"--{name}" for name, value in options.items() if value is not None]
    if given:
        raise ConfigurationError(
            f"{', '.join(given)}: a stored run has none; ask for `proratio report daily` or weekly"
        )
