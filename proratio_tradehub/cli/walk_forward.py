"""`proratio walk-forward`: choose parameters on the past, be judged on what came next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from proratio_tradehub.cli.session import open_session, print_json, stage_progress
from proratio_tradehub.cli.sweep import (
    Ray,
    Report,
    Workers,
    objective_named,
    plain,
    search_space,
    workforce,
)

__all__ = ["walk_forward"]


def walk_forward(  # noqa: PLR0913  # a command's options
    strategy: Annotated[str, typer.Argument(help="Class in user_data/strategies.")],
    *,
    param: Annotated[
        list[str] | None,
        typer.Option(help="name=a,b,c or name=first:last:step; once for each parameter."),
    ] = None,
    space: Annotated[
        Path | None,
        typer.Option(help='A TOML file of the same: name = [a, b] or name = "1:9:2".'),
    ] = None,
    train: Annotated[int, typer.Option(min=1, help="Days to learn from, in each window.")] = 365,
    test: Annotated[int, typer.Option(min=1, help="Days to be judged on, in each window.")] = 90,
    anchored: Annotated[
        bool, typer.Option("--anchored", help="Let every training begin where the first does.")
    ] = False,
    purge: Annotated[
        int, typer.Option(min=0, help="Candles taken off the end of each training.")
    ] = 48,
    embargo: Annotated[int, typer.Option(min=0, help="Candles taken off besides.")] = 24,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Points tried in each training. Default: all.")
    ] = None,
    objective: Annotated[
        str, typer.Option(help="What is looked for: sharpe, deflated, constrained or profit.")
    ] = "sharpe",
    drawdown_limit: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Fraction that 'constrained' allows.")
    ] = 0.10,
    pairs: Annotated[
        list[str] | None, typer.Option(help="Pairs, one or more. Default: BTC/USDT ETH/USDT.")
    ] = None,
    timeframe: Annotated[str, typer.Option(help="Length of a candle.")] = "1h",
    timerange: Annotated[
        str | None, typer.Option(help="Candles from-to. Default: all that is stored.")
    ] = None,
    exchange: Annotated[
        str, typer.Option(help="Exchange of the candles, or 'simulated'.")
    ] = "binance",
    profile: Annotated[
        str | None, typer.Option(help="Who gates the entries; 'none' is nobody.")
    ] = None,
    compare_ungated: Annotated[
        bool, typer.Option("--compare-ungated", help="Let the ungated twin walk too.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the search and of the strategy.")] = 0,
    impact: Annotated[
        float, typer.Option(min=0.0, help="Y of the square-root law of slippage; of order 1.")
    ] = 0.0,
    workers: Workers = None,
    ray: Ray = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
    report: Report = None,
) -> None:
    """Optimise on one window, test on the next, and put the tests together.

    A training cutoff of the profile's models is a hard border. Every backtest is stored as it is
    there; the same command goes on where it was stopped. Positions are closed at the end of each
    test, and pay for it.

    Example: [bold]proratio walk-forward AIEnhancedTrend --param fast_candles=10:30:5 --param
    slow_candles=40,50,60 --train 365 --test 90 --timerange 20220101-20250101 --compare-ungated[/]
    """
    from proratio_quantlab.optimisation import SearchPlan
    from proratio_quantlab.windows import WindowPlan
    from proratio_tradehub.backtesting import Backtester
    from proratio_tradehub.cli.backtest import backtest_request
    from proratio_tradehub.cli.walk_view import print_walk, walk_document, walk_lines
    from proratio_tradehub.research import WalkRequest
    from proratio_tradehub.research import walk_forward as walk

    base = backtest_request(
        strategy,
        pairs=pairs,
        timeframe=timeframe,
        timerange=timerange,
        exchange=exchange,
        profile=profile,
    )
    request = WalkRequest(
        replace(base, seed=seed, impact=impact, compare_ungated=compare_ungated),
        search_space(param, space),
        SearchPlan(trials, seed),
        objective_named(objective),
        WindowPlan(train, test, anchored, purge, embargo),
        drawdown_limit,
    )
    with open_session() as session, workforce(workers, ray) as hands:
        parts = (session.settings, session.database)
        with (
            stage_progress() as progress,
            Backtester(*parts, clock=session.clock, progress=progress) as backtester,
        ):
            outcome = walk(request, backtester, *parts, workforce=hands, progress=progress)
        if report is not None:
            from proratio_tradehub.cli.research_report import walk_page

            page = walk_page(outcome, plain(walk_lines(request, outcome)))
            page.write(report, generated_at=session.clock.now())
        if json:
            print_json(walk_document(request, outcome))
        else:
            print_walk(session.console, request, outcome)
