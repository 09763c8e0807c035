"""`proratio data stream`: market data in real time, until it is stopped."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.session import open_session

if TYPE_CHECKING:
    from proratio_core.streaming import StreamHealth
    from proratio_tradehub.cli.session import Session
    from proratio_tradehub.streaming import StreamedMarkets

__all__ = ["stream"]


def stream(
    *,
    pairs: Annotated[
        list[str],
        typer.Option("--pairs", help="Pairs: BTC/USDT for spot, BTC/USDT:USDT for perpetuals."),
    ],
    timeframes: Annotated[
        list[str] | None,
        typer.Option("--timeframes", help="Lengths of candles; default: 1h."),
    ] = None,
    trades: Annotated[bool, typer.Option("--trades", help="Keep every public trade too.")] = False,
    book_every: Annotated[
        float | None,
        typer.Option(
            min=1, help="Keep the best 20 levels of the order book every so many seconds."
        ),
    ] = None,
    keep_trades: Annotated[
        float, typer.Option(min=0.01, help="Days after which trades are deleted.")
    ] = 7,
    keep_books: Annotated[
        float, typer.Option(min=0.01, help="Days after which order books are deleted.")
    ] = 30,
    exchange: Annotated[str, typer.Option(help="binance, or what a replay replays.")] = "binance",
) -> None:
    """Store candles as the exchange closes them, and what was missed; Ctrl-C stops it.

    Only finished candles are stored. After each lost line, and at the start, what was missed is
    fetched over REST; what REST says decides. No key is needed.

    Example: [bold]proratio data stream --pairs BTC/USDT ETH/USDT --timeframes 1m 1h[/]
    """
    from datetime import timedelta

    from proratio_core.streaming import TapePlan
    from proratio_core.values import Pair, SeriesKey, Timeframe
    from proratio_tradehub.streaming import StreamedMarkets

    lengths = [Timeframe.parse(timeframe) for timeframe in timeframes or ["1h"]]
    chosen = [Pair.parse(pair) for pair in pairs]
    keys = dict.fromkeys(SeriesKey(exchange, pair, length) for pair in chosen for length in lengths)
    plan = TapePlan(trades, book_every, timedelta(days=keep_trades), timedelta(days=keep_books))
    with open_session() as session:
        session.console.print(
            f"streaming {len(keys)} series of {exchange}; Ctrl-C stops it", highlight=False
        )
        last = asyncio.run(_stream(session, StreamedMarkets(tuple(keys), plan)))
        session.console.print(f"stopped: {last}", highlight=False)


async def _stream(session: Session, markets: StreamedMarkets) -> StreamHealth:
    from rich.console import Console

    from proratio_tradehub.metrics import Role, metrics_served
    from proratio_tradehub.metrics.streams import stream_samples
    from proratio_tradehub.streaming import stream_markets

    latest: list[StreamHealth | None] = [None]
    sources = {"stream": lambda: stream_samples(latest[0], session.clock.now())}
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with (
        metrics_served(session.settings, Role.STREAM, sources),
        Console(stderr=True).status("starting") as line,
    ):

        def report(health: StreamHealth) -> None:
            latest[0] = health
            line.update(str(health))

        return await stream_markets(
            markets,
            settings=session.settings,
            database=session.database,
            clock=session.clock,
            stop=stop,
            report=report,
        )
