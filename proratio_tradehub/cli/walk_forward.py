"""`proratio walk-forward`: choose parameters on the past, be judged on what came next."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from proratio_tradehub.cli.research_options import (
    AsJson,
    CandleLength,
    DrawdownLimit,
    Exchange,
    Gate,
    Impact,
    ObjectiveName,
    Pairs,
    Param,
    Ray,
    Report,
    Seed,
    SpaceFile,
    Span,
    Strategy,
    Workers,
    objective_named,
    plain,
    search_space,
    workforce,
)
from proratio_tradehub.cli.session import open_session, print_json, stage_progress

__all__ = ["walk_forward"]


def walk_forward(  # noqa: PLR0913  # a command's options
    strategy: Strategy,
    *,
    param: Param = None,
    space: SpaceFile = None,
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
    objective: ObjectiveName = "sharpe",
    drawdown_limit: DrawdownLimit = 0.10,
    pairs: Pairs = None,
    timeframe: CandleLength = "1h",
    timerange: Span = None,
    exchange: Exchange = "binance",
    profile: Gate = None,
    compare_ungated: Annotated[
        bool, typer.Option("--compare-ungated", help="Let the ungated twin walk too.")
    ] = False,
    seed: Seed = 0,
    impact: Impact = 0.0,
    workers: Workers = None,
    ray: Ray = None,
    json: AsJson = False,
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
