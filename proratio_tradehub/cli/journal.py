"""`proratio journal`: what the trading bots saw, decided and did, and how well it was executed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from proratio_tradehub.journal import Kind

__all__ = ["app"]

app = typer.Typer(
    help="What the trading bots saw, decided and did; each entry once, never changed.",
)

_Account = Annotated[
    str | None, typer.Option(help='Whose, "BOT MODE SOURCE MARKET". Default: everybody\'s.')
]
_Pair = Annotated[str | None, typer.Option(help="Only this market, in ccxt's notation.")]
_Since = Annotated[
    str, typer.Option(help="From when on: 2024-03-14, 2024-03-14T12:00, or 90m, 24h, 7d ago.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


@app.callback(invoke_without_command=True)
def journal(  # noqa: PLR0913  # an option for each way to look for an entry
    context: typer.Context,
    *,
    account: _Account = None,
    pair: _Pair = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only this kind; may be given several times.")
    ] = None,
    since: _Since = "7d",
    signal_id: Annotated[str | None, typer.Option(help="Only this signal (enter_tag).")] = None,
    trade: Annotated[int | None, typer.Option(min=1, help="Only Freqtrade's trade.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest last.")] = 50,
    json: _Json = False,
) -> None:
    """Show what the trading bots saw, decided and did; each entry once, never changed.

    A signal is followed from its candle to its exit with --signal-id, a trade with --trade.

    Example: [bold]proratio journal --pair BTC/USDT --kind verdict --since 24h[/]
    Example: [bold]proratio journal --trade 3 --json[/]
    """
    if context.invoked_subcommand is not None:
        return
    from proratio_tradehub.cli.journal_view import entry_document, print_entries
    from proratio_tradehub.cli.known_accounts import check_account
    from proratio_tradehub.cli.moments import moment_of
    from proratio_tradehub.cli.session import open_session, print_json
    from proratio_tradehub.journal import read_entries

    kinds = [_kind(name) for name in kind or ()]
    with open_session() as session:
        check_account(session.database, account)
        entries = read_entries(
            session.database,
            account,
            moment_of(since, now=session.clock.now()),
            kinds=kinds,
            symbol=pair,
            signal_id=signal_id,
            trade_id=trade,
            newest=limit,
        )
        if json:
            print_json([entry_document(entry) for entry in entries])
            return
        print_entries(session.console, entries)


@app.command()
def execution(
    account: _Account = None,
    pair: _Pair = None,
    since: _Since = "30d",
    *,
    each: Annotated[bool, typer.Option("--each", help="A line for each trade as well.")] = False,
    json: _Json = False,
) -> None:
    """Show how well decisions became positions: slippage, fees, delays, what stayed unfilled.

    Slippage is a cost: above zero where more was paid, or less received, than was decided upon.

    Example: [bold]proratio journal execution --since 30d --each[/]
    """
    from proratio_tradehub.cli.journal_view import execution_document, print_executions
    from proratio_tradehub.cli.known_accounts import check_account
    from proratio_tradehub.cli.moments import moment_of
    from proratio_tradehub.cli.session import open_session, print_json
    from proratio_tradehub.journal import Kind, judge_executions, read_entries, read_trades

    with open_session() as session:
        check_account(session.database, account)
        begin = moment_of(since, now=session.clock.now())
        trades = [
            trade
            for trade in read_trades(session.database, account, begin)
            if pair is None or trade.symbol == pair
        ]
        first = min((trade.opened_at for trade in trades), default=begin)
        entries = read_entries(
            session.database,
            account,
            first - timedelta(days=1),
            kinds=[Kind.VERDICT, Kind.ORDER, Kind.FILL],
            symbol=pair,
        )
        executions = judge_executions(trades, entries)
        if json:
            print_json(execution_document(executions))
            return
        print_executions(session.console, executions, each=each)


def _kind(name: str) -> Kind:
    from proratio_core.errors import ConfigurationError
    from proratio_tradehub.journal import Kind

    try:
        return Kind(name)
    except ValueError as error:
        known = ", ".join(Kind)
        raise ConfigurationError(f"there is no kind {name!r}; there are {known}") from error
