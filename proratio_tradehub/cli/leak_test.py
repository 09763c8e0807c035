"""`proratio leak-test`: take the future away and see whether anything changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from proratio_tradehub.cli.session import open_session, print_json, stage_progress

if TYPE_CHECKING:
    from proratio_tradehub.backtesting import CausalityReport

__all__ = ["leak_test"]

_SHOWN = 10


def leak_test(
    strategy: Annotated[str, typer.Argument(help="Class in user_data/strategies.")],
    *,
    pairs: Annotated[
        list[str] | None, typer.Option(help="Pairs, one or more. Default: BTC, ETH.")
    ] = None,
    timeframe: Annotated[
        str | None, typer.Option(help="Length of a candle. Default: the strategy's own, or 1h.")
    ] = None,
    timerange: Annotated[
        str | None, typer.Option(help="Candles from-to. Default: all that is stored.")
    ] = None,
    exchange: Annotated[
        str, typer.Option(help="Exchange of the candles, or 'simulated'.")
    ] = "binance",
    profile: Annotated[
        str | None, typer.Option(help="Whose votes; 'none' is nobody. Default: PRORATIO_PROFILE.")
    ] = None,
    samples: Annotated[
        int, typer.Option(min=1, help="Candles per pair, with and without a signal each.")
    ] = 100,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """Test whether a strategy or its votes have seen the future.

    Candles are judged a second time with every candle and every vote after them removed; each
    vote is traced back to the candles that were closed at its moment. Freqtrade's own
    lookahead-analysis sees the first kind of leak only. Exit code 7 when something leaks.

    Example: [bold]proratio leak-test AIEnhancedTrend --pairs BTC/USDT --timerange
    20240101-20250101[/]
    """
    from proratio_core.errors import CausalityError
    from proratio_tradehub.backtesting import Backtester, check_causality
    from proratio_tradehub.cli.backtest import backtest_request

    request = backtest_request(
        strategy,
        pairs=pairs,
        timeframe=timeframe,
        timerange=timerange,
        exchange=exchange,
        profile=profile,
    )
    with (
        open_session() as session,
        stage_progress() as progress,
        Backtester(
            session.settings, session.database, clock=session.clock, progress=progress
        ) as backtester,
    ):
        found = check_causality(backtester, request, session.database, samples=samples)
    if json:
        print_json(_document(found))
    else:
        for line in _lines(found):
            session.console.print(line, markup=False, highlight=False)
    if not found.is_clean:
        raise CausalityError(
            f"{strategy} depends on the future: {len(found.strategy.leaks)} signals and "
            f"{len(found.unfounded)} votes differ without it; no result of it means anything"
        )


def _document(found: CausalityReport) -> dict[str, Any]:
    return {
        "candles_judged_twice": found.strategy.candles,
        "with_a_signal": found.strategy.signals,
        "votes_traced": found.votes,
        "leaks": [str(leak) for leak in found.strategy.leaks],
        "unfounded_votes": [vote.id for vote in found.unfounded],
    }


def _lines(found: CausalityReport) -> list[str]:
    seen = found.strategy
    lines = [
        f"{seen.candles:,} candles judged twice, {seen.signals:,} of them with a signal: "
        f"{len(seen.leaks):,} differ",
        f"{found.votes:,} votes traced to their candles: {len(found.unfounded):,} do not follow",
    ]
    lines += [f"leak: {leak}" for leak in seen.leaks[:_SHOWN]]
    lines += [f"unfounded: vote {vote.id}, {vote.question}" for vote in found.unfounded[:_SHOWN]]
    return lines
