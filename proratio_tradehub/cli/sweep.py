"""`proratio sweep`: a strategy with many settings, each run once."""

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

__all__ = ["sweep"]


def sweep(  # noqa: PLR0913  # a command's options
    strategy: Strategy,
    *,
    param: Param = None,
    space: SpaceFile = None,
    pairs: Pairs = None,
    timeframe: CandleLength = "1h",
    timerange: Span = None,
    exchange: Exchange = "binance",
    profile: Gate = None,
    bayes: Annotated[
        int | None, typer.Option(min=1, help="Try so many, chosen by what the others gave.")
    ] = None,
    objective: ObjectiveName = "sharpe",
    drawdown_limit: DrawdownLimit = 0.10,
    seed: Seed = 0,
    impact: Impact = 0.0,
    workers: Workers = None,
    ray: Ray = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run again what was run before.")] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Run again what failed before.")
    ] = False,
    json: AsJson = False,
    report: Report = None,
) -> None:
    """Backtest a strategy with every combination of some parameters, or a search among them.

    Each result is stored as it is there; the same command goes on where it was stopped, however it
    was stopped. What raised is listed, and not run again without --retry-failed.

    Example: [bold]proratio sweep AIEnhancedTrend --param fast_candles=10:30:5 --param
    slow_candles=40,50,60 --timerange 20240101-20250101 --profile none[/]
    """
    from proratio_quantlab.optimisation import SearchPlan
    from proratio_tradehub.backtesting import Backtester
    from proratio_tradehub.cli.backtest import backtest_request
    from proratio_tradehub.cli.sweep_view import print_sweep, sweep_document, sweep_lines
    from proratio_tradehub.research import SweepRequest
    from proratio_tradehub.research import sweep as run

    base = backtest_request(
        strategy,
        pairs=pairs,
        timeframe=timeframe,
        timerange=timerange,
        exchange=exchange,
        profile=profile,
    )
    request = SweepRequest(
        replace(base, seed=seed, impact=impact, fresh=fresh),
        search_space(param, space),
        SearchPlan(bayes, seed),
        objective_named(objective),
        drawdown_limit,
        retry_failed,
    )
    with open_session() as session, workforce(workers, ray) as hands:
        parts = (session.settings, session.database)
        with (
            stage_progress() as progress,
            Backtester(*parts, clock=session.clock, progress=progress) as backtester,
        ):
            outcome = run(request, backtester, session.database, workforce=hands, progress=progress)
        if report is not None:
            from proratio_tradehub.cli.research_report import sweep_page

            page = sweep_page(request, outcome, plain(sweep_lines(outcome)))
            page.write(report, generated_at=session.clock.now())
        if json:
            print_json(sweep_document(outcome))
        else:
            print_sweep(session.console, request, outcome)
