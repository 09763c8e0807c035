"""`proratio sweep`: a strategy with many settings, each run once."""

from __future__ import annotations

import tomllib
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.session import open_session, print_json, stage_progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from proratio_quantlab.objectives import Objective
    from proratio_quantlab.search_space import SearchSpace
    from proratio_quantlab.workforce import Workforce

__all__ = [
    "Ray",
    "Report",
    "Workers",
    "objective_named",
    "plain",
    "search_space",
    "sweep",
    "workforce",
]

Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes of this machine. Default: its processors.")
]
Report = Annotated[
    Path | None, typer.Option(help="Write an HTML page with the pictures to this file.")
]
Ray = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Run on this Ray cluster: host:port, auto or local."),
]


def sweep(  # noqa: PLR0913  # a command's options
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
    bayes: Annotated[
        int | None, typer.Option(min=1, help="Try so many, chosen by what the others gave.")
    ] = None,
    objective: Annotated[
        str, typer.Option(help="What is looked for: sharpe, deflated, constrained or profit.")
    ] = "sharpe",
    drawdown_limit: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Fraction that 'constrained' allows.")
    ] = 0.10,
    seed: Annotated[int, typer.Option(help="Of the search and of the strategy.")] = 0,
    impact: Annotated[
        float, typer.Option(min=0.0, help="Y of the square-root law of slippage; of order 1.")
    ] = 0.0,
    workers: Workers = None,
    ray: Ray = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run again what was run before.")] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Run again what failed before.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
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


def plain(lines: Iterable[str]) -> list[str]:
    """Return lines without their markup and bullets."""
    from rich.text import Text

    return [Text.from_markup(line).plain.removeprefix("• ") for line in lines]


def search_space(param: list[str] | None, file: Path | None) -> SearchSpace:
    """Return the space that these options of a command state.

    Raises
    ------
    DataError
        One of them is not understood, or the file is not readable TOML.
    """
    from proratio_core.errors import DataError
    from proratio_quantlab.search_space import SearchSpace

    texts = list(param or ())
    if file is not None:
        try:
            stated = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(f"{file} is not readable TOML: {error}") from error
        for name, values in stated.items():
            listed = values if isinstance(values, list) else [values]
            texts.append(f"{name}={','.join(_word(value) for value in listed)}")
    return SearchSpace.parse(texts)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def objective_named(text: str) -> Objective:
    """Return the objective that `--objective` names.

    Raises
    ------
    DataError
        There is none of that name.
    """
    from proratio_core.errors import DataError
    from proratio_quantlab.objectives import Objective

    try:
        return Objective(text)
    except ValueError as error:
        known = ", ".join(Objective)
        raise DataError(f"objective {text!r} is not known; use one of: {known}") from error


@contextmanager
def workforce(workers: int | None, address: str | None) -> Iterator[Workforce]:
    """Yield the processes that do the work: of this machine, or of a Ray cluster.

    Raises
    ------
    ConfigurationError, TransientError
        The cluster is not usable.
    """
    if address is None:
        from proratio_quantlab.workforce import LocalWorkforce, local_workers

        yield LocalWorkforce(workers or local_workers())
        return
    from proratio_quantlab.ray_workforce import ray_workforce

    with ray_workforce(address, workers=workers) as hands:
        yield hands
