"""`proratio data`: candles in, candles out, and whether they can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proratio_tradehub.cli.download import download
from proratio_tradehub.cli.session import open_session, print_json, progress_bar
from proratio_tradehub.cli.stream import stream

if TYPE_CHECKING:
    from proratio_core.candles import CandleStore
    from proratio_core.values import SeriesKey

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="Candles in, candles out, and whether they can be trusted."
)
app.command("download")(download)
app.command("stream")(stream)

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
_Pairs = Annotated[
    list[str] | None,
    typer.Option(
        "--pairs", help="One or more: BTC/USDT spot, BTC/USDT:USDT perpetual; default: all."
    ),
]
_Exchange = Annotated[str | None, typer.Option(help="Only this exchange, or 'simulated'.")]
_Timeframe = Annotated[str | None, typer.Option(help="Only this length of a candle.")]


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders, searched to the bottom.")],
    *,
    exchange: Annotated[
        str | None, typer.Option(help="Whose prices, when the folder's name does not say.")
    ] = None,
    pair: Annotated[str | None, typer.Option(help="What a dump holds, e.g. BTC/USDT:USDT.")] = None,
    market: Annotated[
        str | None, typer.Option(help="spot or perpetual, for a dump outside Binance's folders.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="candle or mark, for a dump outside Binance's folders.")
    ] = None,
    clean: Annotated[
        bool, typer.Option(help="Sort, drop exact duplicates and unfinished candles.")
    ] = False,
    json: _Json = False,
) -> None:
    """Store Freqtrade's feather files and Binance's public dumps (.zip, .csv).

    Each file is stored whole or not at all; importing again changes nothing. Spot, USDT-M, mark
    prices and funding rates are told apart by name and folder.

    Examples: [bold]proratio data import user_data/data/binance[/],
    [bold]proratio data import BTCUSDT-1h-2024-01.zip --market spot[/]
    """
    from proratio_core.candles import CandleStore
    from proratio_core.candles.importers import ImportHints, find_files, import_files
    from proratio_core.values import Market, Pair, SeriesKind
    from proratio_tradehub.cli.data_view import import_document, print_import

    hints = ImportHints(
        exchange,
        None if pair is None else Pair.parse(pair),
        None if market is None else _one_of(Market, market, "--market"),
        None if kind is None else _one_of(SeriesKind, kind, "--kind"),
    )
    files = find_files(paths)
    with open_session() as session, progress_bar() as bar:
        task = bar.add_task("importing", total=len(files))
        report = import_files(
            files,
            CandleStore(session.database),
            session.clock,
            hints=hints,
            clean=clean,
            progress=lambda _done, _total, file: bar.update(
                task, advance=1, description=file.path.name
            ),
        )
    if json:
        print_json(import_document(report))
    else:
        print_import(session.console, report)
    _refuse(report)


@app.command()
def export(
    *,
    pairs: _Pairs = None,
    exchange: _Exchange = None,
    timeframe: _Timeframe = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Freqtrade's data folder; default: user_data/data.")
    ] = None,
    full: Annotated[bool, typer.Option(help="Write every file anew.")] = False,
    json: _Json = False,
) -> None:
    """Bring Freqtrade's feather files up to date; only what changed is read and written.

    Examples: [bold]proratio data export[/], [bold]proratio data export --pairs
    BTC/USDT --timeframe 1h[/]
    """
    from proratio_core.candles import CandleStore, export_series
    from proratio_tradehub.cli.data_view import export_document, print_export

    with open_session() as session, progress_bar() as bar:
        store = CandleStore(session.database)
        keys = _choose(store, pairs, exchange=exchange, timeframe=timeframe)
        task = bar.add_task("exporting", total=len(keys))
        report = export_series(
            store,
            keys,
            data_dir or session.settings.data_dir,
            full=full,
            progress=lambda done, _total, _file: bar.update(task, completed=done),
        )
    if json:
        print_json(export_document(report))
    else:
        print_export(session.console, report)


@app.command()
def status(
    *,
    pairs: _Pairs = None,
    exchange: _Exchange = None,
    timeframe: _Timeframe = None,
    json: _Json = False,
) -> None:
    """List what is stored: rows, first and last candle, version.

    Example: [bold]proratio data status --pairs BTC/USDT[/]
    """
    from proratio_core.candles import CandleStore
    from proratio_tradehub.cli.data_view import print_status, status_document

    with open_session() as session:
        store = CandleStore(session.database)
        keys = _choose(store, pairs, exchange=exchange, timeframe=timeframe, may_be_empty=True)
        stored = tuple(store.find(keys).values())
        extents = store.extents()
    if json:
        print_json(status_document(stored, extents))
    else:
        print_status(session.console, stored, extents)


@app.command()
def verify(
    *,
    pairs: _Pairs = None,
    exchange: _Exchange = None,
    timeframe: _Timeframe = None,
    json: _Json = False,
) -> None:
    """Check every stored candle against every rule and list the gaps with their reasons.

    Exits with 3 when a series holds candles that contradict themselves; gaps alone are no error.

    Example: [bold]proratio data verify --exchange binance[/]
    """
    from proratio_core.candles import CandleStore, GapLedger
    from proratio_core.candles.health import check_health
    from proratio_core.errors import DataError
    from proratio_tradehub.cli.data_view import health_document, print_health

    with open_session() as session, progress_bar() as bar:
        store = CandleStore(session.database)
        keys = _choose(store, pairs, exchange=exchange, timeframe=timeframe)
        task = bar.add_task("verifying", total=len(keys))
        health = check_health(
            store,
            GapLedger(session.database),
            keys,
            now=session.clock.now(),
            progress=lambda done, _total, _health: bar.update(task, completed=done),
        )
    if json:
        print_json(health_document(health))
    else:
        print_health(session.console, health)
    broken = [str(one.key) for one in health if one.errors]
    if broken:
        raise DataError(
            f"{len(broken)} series break a rule ({', '.join(broken)}); import or download them "
            "again from a sound source"
        )


@app.command()
def scenario(
    *,
    pairs: Annotated[
        list[str], typer.Option("--pairs", help="Spot pairs, e.g. BTC/USDT ETH/USDT.")
    ],
    timeframes: Annotated[
        list[str] | None,
        typer.Option("--timeframes", help="One or more; longer ones are made of the shortest."),
    ] = None,
    timerange: Annotated[str, typer.Option(help="From-to.")] = "20240101-20250101",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same market.")] = 1,
    trending: Annotated[
        bool, typer.Option(help="Bull and bear regimes; flatters trend followers.")
    ] = False,
    crash_at: Annotated[
        str | None, typer.Option(help="A fall of 35% in six hours, from this UTC time on.")
    ] = None,
) -> None:
    """Generate the SIMULATED market into the store, under the exchange 'simulated'.

    Driftless by default: the expected return over any span is zero, so no strategy is flattered.

    Example: [bold]proratio data scenario --pairs BTC/USDT ETH/USDT --seed 7[/]
    """
    from proratio_core.candles import CandleStore, store_scenario
    from proratio_core.candles.scenario import DRIFTLESS, TRENDING, Crash
    from proratio_core.values import Pair, Timeframe, Timerange

    with open_session() as session:
        keys = store_scenario(
            CandleStore(session.database),
            [Pair.parse(pair) for pair in pairs],
            [Timeframe.parse(one) for one in timeframes or ["1h"]],
            timerange=Timerange.parse(timerange),
            seed=seed,
            regimes=TRENDING if trending else DRIFTLESS,
            crash=None if crash_at is None else Crash(_moment(crash_at)),
        )
    session.console.print(f"[bold yellow]SIMULATED[/] market stored, seed {seed}:", highlight=False)
    for key in keys:
        session.console.print(f"  {key}", highlight=False)
    session.console.print("next: proratio data export --exchange simulated", highlight=False)


def _choose(
    store: CandleStore,
    pairs: list[str] | None,
    *,
    exchange: str | None,
    timeframe: str | None,
    may_be_empty: bool = False,
) -> tuple[SeriesKey, ...]:
    """Return the stored series that fit; a pair of which nothing is stored is an error."""
    from proratio_core.errors import DataError
    from proratio_core.values import Pair, Timeframe

    wanted = [Pair.parse(pair) for pair in pairs or []]
    length = None if timeframe is None else Timeframe.parse(timeframe)
    keys = tuple(
        stored.key
        for stored in store.series(exchange=exchange)
        if stored.version  # of others only votes are known: probes, a replayed exchange
        and (not wanted or stored.key.pair in wanted)
        and (length is None or stored.key.timeframe is length)
    )
    missing = [str(pair) for pair in wanted if pair not in {key.pair for key in keys}]
    if missing or not (keys or may_be_empty):
        what = ", ".join(missing) or "any candle"
        raise DataError(
            f"the store does not hold {what} of the chosen exchange and timeframe; `proratio data "
            "status` lists what there is, `data download` and `data import` bring more"
        )
    return keys


def _one_of(kinds: Any, text: str, option: str) -> Any:
    from proratio_core.errors import DataError

    try:
        return kinds(text)
    except ValueError as error:
        raise DataError(f"{option} {text!r} is not one of: {', '.join(kinds)}") from error


def _moment(text: str) -> Any:
    from datetime import UTC, datetime

    from proratio_core.errors import DataError

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise DataError(f"time {text!r} is not understood; write 2024-08-05T03:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _refuse(report: Any) -> None:
    """Raise when files were refused: the one error itself, or how many there were."""
    from proratio_core.errors import DataError

    if len(report.refused) == 1:
        raise DataError(report.refused[0].error)
    if report.refused:
        raise DataError(
            f"{len(report.refused)} of {len(report.files)} files were refused, each with its "
            "reason above; the others are stored. Mend or remove them and import again"
        )
