"""`proratio portfolio`: share capital between pairs, and see what they may lose together."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.session import open_session, print_json, progress_bar
from proratio_tradehub.cli.signal_options import AsJson, Exchange, ProfileName, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proratio_core.values import SeriesKey
    from proratio_tradehub.cli.session import Session
    from proratio_tradehub.portfolio import Returns, View

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="Share capital between pairs, and see what they may lose together."
)


class MethodName(StrEnum):
    """The allocation methods, spelled here so that --help need not import an optimiser."""

    EQUAL = "equal"
    INVERSE_VOLATILITY = "inverse-volatility"
    RISK_PARITY = "risk-parity"
    HRP = "hrp"
    MEAN_VARIANCE = "mean-variance"
    BLACK_LITTERMAN = "black-litterman"


Pairs = Annotated[
    list[str] | None,
    typer.Option(help="Pairs, two or more. Default: all that are stored up to now."),
]
Candles = Annotated[str, typer.Option(help="Length of a candle.")]
Cap = Annotated[
    float, typer.Option(min=0.01, max=1.0, help="Most of the capital in one pair, 0 to 1.")
]


@app.command()
def allocate(  # noqa: PLR0913  # a command's options
    *,
    method: Annotated[MethodName, typer.Option(help="How weights are found.")] = MethodName.HRP,
    pairs: Pairs = None,
    timeframe: Candles = "1d",
    timerange: Span = None,
    exchange: Exchange = "binance",
    max_weight: Cap = 0.4,
    max_turnover: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Most of the capital that may change hands, 0 to 1."),
    ] = None,
    held: Annotated[
        list[str] | None,
        typer.Option(help="What is held now, as PAIR=FRACTION, e.g. BTC/USDT=0.3."),
    ] = None,
    profile: ProfileName = None,
    json: AsJson = False,
) -> None:
    """Show what part of the capital each pair should get, judged by the given time range alone.

    black-litterman listens to the votes of the profile on the last candle of the range.

    Example: [bold]proratio portfolio allocate --method hrp --timerange 20250101-20251031[/]
    """
    from proratio_tradehub.cli.portfolio_view import allocation_document, print_allocation
    from proratio_tradehub.portfolio import Limits, Method
    from proratio_tradehub.portfolio import allocate as share

    with open_session() as session:
        keys, returns = _read(session, pairs, timeframe, timerange, exchange=exchange)
        views: Sequence[View] = ()
        if method is MethodName.BLACK_LITTERMAN:
            views = _views(session, keys, returns, profile)
        allocation = share(
            returns,
            Method(method.value),
            limits=Limits(max_weight, max_turnover),
            previous=_weights(held or ()),
            views=views,
        )
        document = allocation_document(allocation, returns, views)
        if json:
            print_json(document)
        else:
            print_allocation(session.console, document)


@app.command()
def compare(  # noqa: PLR0913  # a command's options
    *,
    pairs: Pairs = None,
    timeframe: Candles = "1d",
    timerange: Span = None,
    exchange: Exchange = "binance",
    max_weight: Cap = 0.4,
    window: Annotated[
        int, typer.Option(min=31, help="Candles each choice of weights may look back on.")
    ] = 180,
    every: Annotated[int, typer.Option(min=1, help="Candles between two choices.")] = 30,
    cost: Annotated[
        float, typer.Option(min=0.0, max=0.5, help="Fee and slippage a side, as a fraction.")
    ] = 0.002,
    json: AsJson = False,
) -> None:
    """Show what each method would have earned, its weights chosen from the past only.

    The last column is what matters: the mean daily difference to equal weights, with a 95 %
    interval. Where it holds zero, the cleverer method shows nothing that chance would not.

    Example: [bold]proratio portfolio compare --timerange 20220101-20251031 --window 180[/]
    """
    from proratio_tradehub.cli.portfolio_view import comparison_document, print_comparison
    from proratio_tradehub.portfolio import Limits, Method, Schedule, rebalanced

    with open_session() as session:
        keys, returns = _read(session, pairs, timeframe, timerange, exchange=exchange)
        schedule = Schedule(window, every, cost)
        methods = [method for method in Method if method is not Method.BLACK_LITTERMAN]
        with progress_bar() as progress:
            records = [
                rebalanced(returns, method, schedule, limits=Limits(max_weight))
                for method in progress.track(methods, description="Rebalancing")
            ]
        document = comparison_document(records, returns, schedule, keys[0].timeframe)
        if json:
            print_json(document)
        else:
            print_comparison(session.console, document)


@app.command()
def risk(
    *,
    pairs: Pairs = None,
    timeframe: Candles = "1d",
    timerange: Span = None,
    exchange: Exchange = "binance",
    confidence: Annotated[
        float, typer.Option(min=0.51, max=0.999, help="Share of candles that lose less.")
    ] = 0.95,
    window: Annotated[
        int, typer.Option(min=50, help="Returns each forecast of the coverage test may look at.")
    ] = 250,
    held: Annotated[
        list[str] | None, typer.Option(help="What is held, as PAIR=FRACTION. Default: equal parts.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Show what a portfolio may lose in a candle, how such forecasts did, and what moves together.

    Value at risk and expected shortfall by history, by Student's t and by filtered history, each
    tested on its own past forecasts (Kupiec, Christoffersen).

    Example: [bold]proratio portfolio risk --held BTC/USDT=0.5 --held ETH/USDT=0.5[/]
    """
    from proratio_tradehub.cli.portfolio_view import print_risk, risk_document

    with open_session() as session:
        _, returns = _read(session, pairs, timeframe, timerange, exchange=exchange)
        weights = _weights(held or ()) or dict.fromkeys(returns.assets, 1 / len(returns.assets))
        document = risk_document(returns, weights, confidence_frac=confidence, window=window)
        if json:
            print_json(document)
        else:
            print_risk(session.console, document)


def _read(
    session: Session,
    pairs: list[str] | None,
    timeframe: str,
    timerange: str | None,
    *,
    exchange: str,
) -> tuple[list[SeriesKey], Returns]:
    from proratio_core.values import SeriesKey, Timeframe
    from proratio_tradehub.cli.signal_options import pairs_named, span_named
    from proratio_tradehub.portfolio.reading import read_returns, traded_pairs

    length = Timeframe.parse(timeframe)
    named = pairs_named(pairs) if pairs else traded_pairs(session.database, exchange, length)
    keys = [SeriesKey(exchange, pair, length) for pair in named]
    return keys, read_returns(session.database, keys, span_named(timerange))


def _views(
    session: Session, keys: Sequence[SeriesKey], returns: Returns, profile: str | None
) -> Sequence[View]:
    from proratio_tradehub.cli.signal_options import profile_named
    from proratio_tradehub.portfolio.reading import read_views

    return read_views(session.database, keys, profile_named(session, profile), returns)


def _weights(texts: Sequence[str]) -> dict[str, float]:
    """Return the weights of `PAIR=FRACTION` texts.

    Raises
    ------
    DataError
        One is not of that form.
    """
    from proratio_core.errors import DataError
    from proratio_core.values import Pair

    weights: dict[str, float] = {}
    for text in texts:
        pair, _, part = text.partition("=")
        try:
            weights[str(Pair.parse(pair))] = float(part)
        except ValueError as error:
            raise DataError(
                f"--held {text!r} is not understood; expected PAIR=FRACTION, e.g. BTC/USDT=0.3"
            ) from error
    return weights
