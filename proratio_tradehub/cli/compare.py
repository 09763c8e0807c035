"""`proratio compare`: two stored runs, day by day on the same candles."""

from __future__ import annotations

from typing import Annotated

import typer

from proratio_tradehub.cli.session import open_session, print_json

__all__ = ["compare"]

_NAMED = (
    "A run: the hash of a specification or of an outcome, or its first characters; or STRATEGY, "
    "or STRATEGY@PROFILE (@none is ungated), for the newest."
)


def compare(
    first: Annotated[str, typer.Argument(help=_NAMED)],
    second: Annotated[
        str, typer.Argument(help="Another one, on the candles of the first where only named.")
    ],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """Say whether one stored run did better than another, and whether that is more than chance.

    Both are paired on the days they share: the mean difference of their daily returns with a
    bootstrap interval, its p-value, and the difference of their Sharpe ratios.

    Example: [bold]proratio compare AIEnhancedTrend AIEnhancedTrend@none[/]
    """
    from proratio_quantlab.pairing import pair_runs
    from proratio_quantlab.run_lookup import find_pair
    from proratio_tradehub.cli.compare_view import pair_document, print_pair

    with open_session() as session:
        pair = pair_runs(*find_pair(session.database, first, second))
        if json:
            print_json(pair_document(pair))
        else:
            print_pair(session.console, pair)
