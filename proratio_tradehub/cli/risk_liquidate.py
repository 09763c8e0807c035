"""`proratio risk liquidate`: close everything, in two steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.brakes import open_brakes, stated, who

if TYPE_CHECKING:
    from collections.abc import Iterable

    from proratio_tradehub.cli.brakes import Brakes
    from proratio_tradehub.halts import BotTrade, Closing, WarrantFile

__all__ = ["liquidate"]


def liquidate(
    confirm: Annotated[
        str | None, typer.Option(metavar="TOKEN", help="The token that the first step showed.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; it is put on record.")] = "emergency",
) -> None:
    """Close every position of the running bot at the market's price, in two steps.

    The first shows what would be closed and a token that is valid for a minute. With the token it
    halts, then has the bot close everything over its REST API, waits at most a minute, and says
    what is closed and what is not.

    Example: [bold]proratio risk liquidate[/], then [bold]proratio risk liquidate --confirm TOKEN[/]
    """
    from proratio_tradehub.halts import WarrantFile

    with open_brakes() as brakes:
        file = WarrantFile(brakes.settings.state_dir / "liquidation.json", clock=brakes.clock)
        if confirm is None:
            _propose(brakes, file)
        else:
            _carry_out(brakes, file, confirm, reason)


def _propose(brakes: Brakes, file: WarrantFile) -> None:
    from proratio_core.errors import ProratioError
    from proratio_tradehub.halts import TradingBot

    try:
        held = TradingBot(brakes.settings).open_trades()
    except ProratioError as error:
        _print(brakes, f"{error}")
        _print_last_report(brakes)
        _print(brakes, "confirmed, this halts; closing needs the bot or your hand")
    else:
        for trade in held:
            _print(brakes, f"would close {trade}")
        if not held:
            _print(brakes, "the bot holds nothing; confirmed, this only halts")
        _print_others(brakes, held)
    warrant = file.issue()
    _print(
        brakes,
        f"within a minute, to do it: proratio risk liquidate --confirm {warrant.token}",
    )


def _carry_out(brakes: Brakes, file: WarrantFile, token: str, reason: str) -> None:
    from proratio_core.errors import TransientError
    from proratio_tradehub.halts import Liquidation, TradingBot

    file.redeem(token)
    bot = TradingBot(brakes.settings)
    liquidation = Liquidation(brakes.halts, bot, clock=brakes.clock)
    closing = liquidation.run(reason=stated(reason), by=who())
    _print(brakes, "halted")
    for trade in closing.closed:
        _print(brakes, f"closed {trade}")
    for trade in closing.open:
        _print(brakes, f"STILL OPEN {trade}")
    if closing.problems and not closing.closed and not closing.open:
        _print_last_report(brakes)
    else:
        _print_others(brakes, (*closing.closed, *closing.open))
    if closing.open or closing.problems:
        raise TransientError(_remedy(closing))


def _remedy(closing: Closing) -> str:
    problems = "; ".join(closing.problems) or "the bot has not closed everything within a minute"
    return (
        f"{problems}. Entries are halted, stops go on where the bot or the exchange keeps them. "
        "Close what is open at the exchange by hand, or start the bot and run this again"
    )


def _print_last_report(brakes: Brakes) -> None:
    """Say what is open by the last word of each bot; nobody else knows while it is away."""
    from proratio_tradehub.desk import read_reports

    for report in read_reports(brakes.settings):
        seen = f"{report.account}, by its last report at {report.updated_at:%Y-%m-%d %H:%M:%S} UTC"
        for held in report.positions:
            stop = "no stop" if held.stop_price is None else f"stop at {held.stop_price:g}"
            _print(
                brakes,
                f"{seen}: {held.side} {held.pair}, worth {held.value_quote:,.2f}, {stop}",
            )
        if not report.positions:
            _print(brakes, f"{seen}: nothing is open")


def _print_others(brakes: Brakes, held: Iterable[BotTrade]) -> None:
    """Name what is reported and not among what this bot holds: only one bot is asked to close."""
    from proratio_core.errors import DataError
    from proratio_tradehub.desk import read_reports

    pairs = {trade.pair for trade in held}
    try:
        reports = read_reports(brakes.settings)
    except DataError as error:  # nothing that only informs may keep from closing
        _print(brakes, f"what other bots hold is not known: {error}")
        return
    for report in reports:
        seen = f"{report.account} reported at {report.updated_at:%Y-%m-%d %H:%M:%S} UTC"
        for other in report.positions:
            if other.pair not in pairs:
                _print(
                    brakes,
                    f"NOT CLOSED BY THIS {other.side} {other.pair}, worth "
                    f"{other.value_quote:,.2f}, which {seen}; name that bot's API server in "
                    "PRORATIO_BOT_URL and run this again",
                )


def _print(brakes: Brakes, line: str) -> None:
    brakes.console.print(line, markup=False, soft_wrap=True)
