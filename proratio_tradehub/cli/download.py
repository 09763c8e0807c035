"""`proratio data download`: candles from an exchange into the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from proratio_tradehub.cli.session import open_session, print_json, progress_bar

if TYPE_CHECKING:
    from proratio_core.candles.collector import CollectionReport
    from proratio_core.values import SeriesKey, Timerange
    from proratio_tradehub.cli.session import Session

__all__ = ["download"]


def download(
    *,
    pairs: Annotated[
        list[str],
        typer.Option("--pairs", help="Pairs: BTC/USDT for spot, BTC/USDT:USDT for perpetuals."),
    ],
    timeframes: Annotated[
        list[str] | None,
        typer.Option("--timeframes", help="Lengths of candles; default: 1h."),
    ] = None,
    timerange: Annotated[
        str | None,
        typer.Option(
            help="From-to, e.g. 20240101-20250101 or 20240101-. Default: from the first stored "
            "candle on, or the last 365 days."
        ),
    ] = None,
    exchange: Annotated[str, typer.Option(help="Exchange, by its ccxt name.")] = "binance",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")] = False,
) -> None:
    """Fetch what is missing from an exchange: new candles, older ones, and gaps nobody explained.

    No key is needed. Perpetuals also get their mark prices and funding rates.
    Interrupt it whenever you like: each page is kept, and the next run continues.

    Example: [bold]proratio data download --pairs BTC/USDT ETH/USDT --timerange 20240101-[/]
    """
    from proratio_core.values import Pair, Timeframe, Timerange
    from proratio_tradehub.downloading import series_of

    keys = series_of(
        exchange,
        [Pair.parse(pair) for pair in pairs],
        [Timeframe.parse(timeframe) for timeframe in timeframes or ["1h"]],
    )
    wanted = None if timerange is None else Timerange.parse(timerange)
    with open_session() as session:
        reports = _run(session, keys, wanted)
        if json:
            print_json([_document(report) for report in reports])
        else:
            _show(session, reports)


def _run(
    session: Session, keys: tuple[SeriesKey, ...], wanted: Timerange | None
) -> list[CollectionReport]:
    from proratio_tradehub.downloading import download_series

    with progress_bar() as bar:
        tasks = {key: bar.add_task(str(key), total=None) for key in keys}

        def show(key: SeriesKey, done: int, expected: int) -> None:
            bar.update(tasks[key], completed=done, total=expected)

        return list(
            download_series(
                keys,
                wanted,
                settings=session.settings,
                database=session.database,
                clock=session.clock,
                progress=show,
            )
        )


def _document(report: CollectionReport) -> dict[str, Any]:
    return {
        "exchange": report.key.exchange,
        "pair": str(report.key.pair),
        "timeframe": report.key.timeframe,
        "kind": report.key.kind,
        "inserted": report.inserted,
        "requests": report.requests,
        "gaps": [
            {
                "first_open_time": gap.first_open_time,
                "last_open_time": gap.last_open_time,
                "candles": gap.candles,
            }
            for gap in report.gaps
        ],
    }


def _show(session: Session, reports: list[CollectionReport]) -> None:
    for report in reports:
        session.console.print(f"{report.key}: {report.inserted:,} new", highlight=False)
        for gap in report.gaps:
            session.console.print(f"  the exchange has no {gap}", highlight=False)
