"""`proratio report`: the tear sheet of a stored run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from proratio_tradehub.cli.session import open_session

__all__ = ["report"]


def report(
    run: Annotated[
        str,
        typer.Argument(
            help="The hash of a specification or of an outcome, or its first characters; or "
            "STRATEGY, or STRATEGY@PROFILE (@none is ungated), for the newest."
        ),
    ],
    *,
    html: Annotated[
        Path | None, typer.Option(help="Write the page to this file. Default: STRATEGY-HASH.html.")
    ] = None,
    png: Annotated[
        Path | None, typer.Option(help="Write the pictures to this folder, as PNG files too.")
    ] = None,
) -> None:
    """Write all that a stored run can be judged by to one HTML file that loads nothing.

    The wallet with bands of resampled pasts, drawdowns, months, the spread of daily returns,
    rolling figures, what each kind of market gave, and how sure the Sharpe ratio is.

    Example: [bold]proratio report AIEnhancedTrend --html sheet.html --png pictures[/]
    """
    from proratio_quantlab.report import write_pictures, write_tear_sheet
    from proratio_quantlab.run_lookup import find_run
    from proratio_tradehub.backtesting import tear_sheet_of

    with open_session() as session:
        found = find_run(session.database, run)
        asked = found.specification
        sheet = tear_sheet_of(found, session.database, session.settings)
        path = html or Path(f"{asked.strategy}-{asked.hash[:12]}.html")
        write_tear_sheet(path, sheet, generated_at=session.clock.now())
        session.console.print(f"Tear sheet: {path}", markup=False)
        for file in write_pictures(png, sheet.figures) if png is not None else ():
            session.console.print(f"Picture: {file}", markup=False)
