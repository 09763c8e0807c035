"""`proratio replay`: an exchange on this machine that plays back recorded markets."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.replay_trader import credentials_of, open_trader, parse_balances
from proratio_tradehub.cli.session import open_session

if TYPE_CHECKING:
    from datetime import datetime

    from proratio_core.clock import Clock
    from proratio_core.replay import RecordedMarket, ReplayServer
    from proratio_core.replay.trading import Credentials
    from proratio_tradehub.cli.session import Session

__all__ = ["replay"]


def replay(  # noqa: PLR0913  # one option each
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 8099,
    exchange: Annotated[
        str, typer.Option(help="Whose stored candles to play back; or 'simulated'.")
    ] = "binance",
    at: Annotated[
        str | None,
        typer.Option(help="The moment it starts at, UTC, e.g. 2024-03-01; default: now."),
    ] = None,
    speed: Annotated[float, typer.Option(min=0.001, help="Its seconds per real second.")] = 1.0,
    as_now: Annotated[
        bool,
        typer.Option(
            "--as-now",
            help="Move the record by whole days so that the day of --at is today: for paper "
            "trading in real time.",
        ),
    ] = False,
    key: Annotated[
        str | None,
        typer.Option(help="Key that may trade here, made up for this; default: a new one."),
    ] = None,
    secret: Annotated[str | None, typer.Option(help="The key's secret.")] = None,
    balance: Annotated[
        list[str] | None,
        typer.Option(
            help="What the account begins with, ASSET=AMOUNT; may be repeated. "
            "Default: USDT=10000, on spot and as much as margin of perpetuals."
        ),
    ] = None,
    participation: Annotated[
        float | None,
        typer.Option(
            min=1e-6,
            max=1.0,
            help="Part of the volume at its price that a waiting order gets; default: it is filled "
            "whole when its price is touched.",
        ),
    ] = None,
) -> None:
    """Serve recorded markets as a Binance that ccxt and Freqtrade can talk to; Ctrl-C stops it.

    Markets, time, candles, mark prices, funding, tickers, order books, WebSockets; and orders,
    balances and positions for whoever signs with the key.
    The overlays user_data/config-replay.json and config-replay-futures.json point a dry-run here,
    config-replay-live.json and config-replay-live-futures.json let Freqtrade send orders here.

    Example: [bold]proratio replay --at 2024-03-01 --as-now --balance USDT=5000[/]
    """
    from proratio_core.replay import ReplayClock, ReplayServer, load_markets, shift_markets

    start = None if at is None else _moment(at)
    (credentials, made_up), balances = credentials_of(key, secret), parse_balances(balance or ())
    with open_session() as session:
        markets, record = load_markets(session.database, exchange), exchange
        now = session.clock.now()
        shift = _whole_days(start, now) if as_now else timedelta()
        recorded = now - shift if as_now else start or now
        if start is not None:
            _check_recorded(recorded, markets, exchange)
        when = f"{recorded:%Y-%m-%d %H:%M} UTC"
        if as_now:
            markets = shift_markets(markets, shift // timedelta(milliseconds=1))
            record, when = f"{exchange} moved", f"{when} as now"
        clock = ReplayClock(recorded + shift, speed)
        trader = open_trader(markets, credentials, balances, participation)
        with ReplayServer(markets, clock, record=record, trader=trader, port=port) as server:
            pairs = " ".join(str(market.pair) for market in markets)
            _serve(
                session,
                server,
                f"{record}: {when}, speed {speed:g}, on {server.url}\n"
                f"{pairs}\n{_account(credentials, balances, made_up=made_up)}\nCtrl-C stops it",
                clock=clock,
                ends_ms=_span_ms(markets)[1],
            )


def _serve(
    session: Session, server: ReplayServer, heading: str, *, clock: Clock, ends_ms: int
) -> None:
    """Say where it is served, and wait for Ctrl-C, which may come as soon as that is said."""
    ended = False
    try:
        session.console.print(heading, highlight=False)
        while True:
            if not ended and clock.now().timestamp() * 1000 >= ends_ms:
                ended = True
                session.console.print(
                    "the record has ended: no candle follows, and its last price stands still"
                )
            time.sleep(1)
    except KeyboardInterrupt:
        session.console.print(f"stopped after {server.requests.total():,} requests")


def _account(credentials: Credentials, balances: dict[str, float], *, made_up: bool) -> str:
    """Return what to tell of the account; a key that was made up here is worth nothing outside."""
    held = ", ".join(f"{amount:,g} {asset}" for asset, amount in balances.items())
    if not made_up:
        return f"who signs with the key {credentials.key} trades with {held}"
    return (
        f"who signs with this key trades with {held}; it is good for this run only\n"
        f"FREQTRADE__EXCHANGE__KEY={credentials.key}\n"
        f"FREQTRADE__EXCHANGE__SECRET={credentials.secret}"
    )


def _moment(text: str) -> datetime:
    from datetime import UTC, datetime

    from proratio_core.errors import DataError

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise DataError(
            f"--at {text!r} is not a moment; write 2024-03-01 or 2024-03-01T12:00 (UTC)"
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _whole_days(start: datetime | None, now: datetime) -> timedelta:
    """Return how far the record moves so that the day of `start` is today."""
    from proratio_core.errors import ConfigurationError

    if start is None:
        raise ConfigurationError("--as-now needs --at: say which recorded day to play as today")
    return timedelta(days=(now.date() - start.date()).days)


def _check_recorded(moment: datetime, markets: Collection[RecordedMarket], exchange: str) -> None:
    from proratio_core.clock import from_ms
    from proratio_core.errors import DataError

    first, end = (from_ms(ms) for ms in _span_ms(markets))
    if not first <= moment < end:
        raise DataError(
            f"nothing of {exchange} is recorded at {moment:%Y-%m-%d %H:%M} UTC: its candles reach "
            f"from {first:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}; name another moment with --at, "
            "or fetch candles with `proratio data download`"
        )


def _span_ms(markets: Collection[RecordedMarket]) -> tuple[int, int]:
    spans = [market.span_ms for market in markets]
    return min(first for first, _ in spans), max(end for _, end in spans)
