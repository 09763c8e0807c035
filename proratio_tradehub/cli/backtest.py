"""`proratio backtest`: a strategy on stored candles, gated by a consensus, beside its twin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.session import open_session, print_json, stage_lines, stage_progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from proratio_core.values import Pair
    from proratio_tradehub.backtesting import BacktestRequest

__all__ = ["backtest", "backtest_request", "parsed_pairs"]


def backtest(  # noqa: PLR0913  # a command's options
    strategy: Annotated[str, typer.Argument(help="Class in user_data/strategies.")],
    *,
    pairs: Annotated[
        list[str] | None,
        typer.Option(help="Pairs to trade, one or more. Default: BTC and ETH against USDT."),
    ] = None,
    timeframe: Annotated[
        str | None, typer.Option(help="Length of a candle. Default: the strategy's own, or 1h.")
    ] = None,
    timerange: Annotated[
        str | None,
        typer.Option(help="Candles from-to, e.g. 20240101-20250101. Default: all that is stored."),
    ] = None,
    exchange: Annotated[
        str, typer.Option(help="Exchange of the candles, or 'simulated'.")
    ] = "binance",
    profile: Annotated[
        str | None,
        typer.Option(help="Who gates the entries; 'none' is nobody. Default: PRORATIO_PROFILE."),
    ] = None,
    risk: Annotated[
        str | None,
        typer.Option(help="Which limits hold, by risk profile. Default: PRORATIO_RISK_PROFILE."),
    ] = None,
    compare_ungated: Annotated[
        bool, typer.Option("--compare-ungated", help="Run the ungated twin too and compare.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Run again even if exactly this was run before.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
    progress_lines: Annotated[
        bool,
        typer.Option("--progress-lines", help="Write progress to standard error as JSON lines."),
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write an HTML report with charts to this file.")
    ] = None,
) -> None:
    """Backtest a strategy in Freqtrade's own engine, without network.

    Candles that changed are exported first, and candidate candles nobody voted on are put to the
    voters of the profile. Results are stored; one that exactly this specification gave before
    (strategy, configuration, candles, votes) is reused.

    Example: [bold]proratio backtest AIEnhancedTrend --pairs BTC/USDT ETH/USDT --timeframe 1h
    --timerange 20240101-20250101 --compare-ungated --report report.html[/]
    """
    from proratio_tradehub.backtesting import Backtester
    from proratio_tradehub.cli.outcome_view import outcome_document, print_outcome, save_report

    request = replace(
        backtest_request(
            strategy,
            pairs=pairs,
            timeframe=timeframe,
            timerange=timerange,
            exchange=exchange,
            profile=profile,
        ),
        compare_ungated=compare_ungated,
        fresh=fresh,
        risk=risk,
    )
    with open_session() as session:
        parts = (session.settings, session.database)
        with (
            stage_lines() if progress_lines else stage_progress() as progress,
            Backtester(*parts, clock=session.clock, progress=progress) as backtester,
        ):
            outcome = backtester.run(request)
        if report is not None:
            save_report(session, outcome, report)
        if json:
            print_json(outcome_document(outcome))
            return
        print_outcome(session.console, outcome)
        if report is not None:
            session.console.print(f"Report: {report}", markup=False)


def backtest_request(
    strategy: str,
    *,
    pairs: Iterable[str] | None,
    timeframe: str | None,
    timerange: str | None,
    exchange: str,
    profile: str | None,
) -> BacktestRequest:
    """Return the request that these options of a command state.

    Raises
    ------
    DataError
        One of them is not understood.
    """
    from proratio_core.values import Timeframe, Timerange
    from proratio_tradehub.backtesting import BacktestRequest
    from proratio_tradehub.strategies.rules import usual_pairs, usual_timeframe

    return BacktestRequest(
        strategy=strategy,
        exchange=exchange,
        pairs=parsed_pairs(pairs) if pairs else usual_pairs(strategy),
        timeframe=Timeframe.parse(timeframe) if timeframe else usual_timeframe(strategy),
        timerange=Timerange() if timerange is None else Timerange.parse(timerange),
        profile=profile,
    )


def parsed_pairs(texts: Iterable[str]) -> tuple[Pair, ...]:
    """Return the pairs, each once, in the order given."""
    from proratio_core.values import Pair

    return tuple(dict.fromkeys(Pair.parse(text) for text in texts))
