"""`proratio signals`: ask the panel, fill the past, see what was said."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from proratio_tradehub.cli.session import open_session, print_json
from proratio_tradehub.cli.signal_options import (
    AsJson,
    CandleLength,
    Exchange,
    ProfileName,
    Span,
    profile_named,
    series_named,
)
from proratio_tradehub.cli.signals_archive import export, import_
from proratio_tradehub.cli.signals_backfill import backfill
from proratio_tradehub.cli.signals_cost import cost
from proratio_tradehub.cli.signals_probe import probe
from proratio_tradehub.cli.signals_repeat import repeat
from proratio_tradehub.cli.signals_score import score
from proratio_tradehub.cli.signals_serve import health, serve

if TYPE_CHECKING:
    from datetime import datetime

    from proratio_core.candles import CandleStore
    from proratio_core.values import SeriesKey
    from proratio_signals.profile import Profile
    from proratio_signals.questions import Question
    from proratio_signals.records import LedgerVote
    from proratio_tradehub.cli.session import Session

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Ask the panel, fill the past, see what was said.")
app.command()(cost)
app.command()(score)
app.command()(backfill)
app.command()(repeat)
app.command()(probe)
app.command()(export)
app.command("import")(import_)
app.command()(serve)
app.command()(health)

_Pair = Annotated[str, typer.Argument(help="BTC/USDT for spot, BTC/USDT:USDT for a perpetual.")]


@app.command()
def ask(
    pair: _Pair,
    *,
    exchange: Exchange = "binance",
    timeframe: CandleLength = "1h",
    at: Annotated[
        str | None,
        typer.Option(help="Close of the candle, UTC, e.g. 2024-05-01T12:00; default: the latest."),
    ] = None,
    profile: ProfileName = None,
    json: AsJson = False,
) -> None:
    """Ask the panel about one candle; a question that was answered before is not asked again.

    Example: [bold]proratio signals ask BTC/USDT --at 2024-05-01T12:00[/]
    """
    from proratio_core.candles import CandleStore
    from proratio_signals.questions import Question

    with open_session() as session:
        key = series_named(exchange, pair, timeframe)
        chosen = profile_named(session, profile)
        close = _moment(at) if at else _latest_close(CandleStore(session.database), key)
        vote = asyncio.run(_decide(session, chosen, Question(key, close)))
        _print_vote(session, chosen, vote, json=json)


@app.command()
def show(
    pair: Annotated[str | None, typer.Argument(help="Pair whose votes to list.")] = None,
    *,
    vote: Annotated[int | None, typer.Option(help="Show this vote with every ballot.")] = None,
    exchange: Exchange = "binance",
    timeframe: CandleLength = "1h",
    profile: ProfileName = None,
    timerange: Span = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 20,
    json: AsJson = False,
) -> None:
    """List recorded votes of a pair, or one vote with what each voter said.

    Examples: [bold]proratio signals show BTC/USDT[/], [bold]proratio signals show --vote 17[/]
    """
    from proratio_core.errors import DataError
    from proratio_core.values import Timerange
    from proratio_signals.ledger import Ledger
    from proratio_tradehub.cli.vote_view import profile_label, vote_document, votes_table

    if (pair is None) == (vote is None):
        raise DataError("name either a pair or a vote: `show BTC/USDT` or `show --vote 17`")
    with open_session() as session:
        chosen = profile_named(session, profile)
        ledger = Ledger(session.database)
        if vote is not None:
            found = ledger.get(vote)
            if found is None:
                raise DataError(f"there is no vote {vote}; `proratio signals show PAIR` lists them")
            _print_vote(session, None, found, json=json)
            return
        key = series_named(exchange, pair or "", timeframe)
        span = Timerange() if timerange is None else Timerange.parse(timerange)
        votes = ledger.votes(key, chosen.hash, timerange=span, limit=limit)
        if json:
            print_json([vote_document(one) for one in votes])
            return
        session.console.print(votes_table(votes, title=f"{key}, {profile_label(chosen)}"))
        if not votes:
            session.console.print(f"nothing recorded; try: proratio signals ask {key.pair}")


def _moment(text: str) -> datetime:
    from datetime import UTC, datetime

    from proratio_core.errors import DataError

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise DataError(f"time {text!r} is not understood; write 2024-05-01T12:00") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _latest_close(store: CandleStore, key: SeriesKey) -> datetime:
    from datetime import timedelta

    from proratio_core.errors import DataError

    span = store.span(key)
    if span is None:
        raise DataError(f"{key} has no candles; import or download them (proratio data --help)")
    return span[1] + timedelta(milliseconds=key.timeframe.ms)


async def _decide(session: Session, profile: Profile, question: Question) -> LedgerVote:
    from datetime import timedelta

    from rich.console import Console

    from proratio_signals.consult import open_advisor
    from proratio_signals.ledger import Origin

    age = session.clock.now() - question.as_of
    fresh = age < timedelta(milliseconds=question.key.timeframe.ms)
    origin = Origin.LIVE if fresh else Origin.BACKFILL
    async with open_advisor(
        session.settings, session.database, profile, clock=session.clock
    ) as advisor:
        with Console(stderr=True).status(f"asking about {question}"):
            return await advisor.decide(question, origin=origin)


def _print_vote(session: Session, profile: Profile | None, vote: LedgerVote, *, json: bool) -> None:
    from proratio_signals.evidence import examine
    from proratio_signals.ledger import Ledger
    from proratio_tradehub.cli.vote_view import (
        ballots_table,
        profile_label,
        vote_document,
        votes_table,
    )

    ballots = Ledger(session.database).ballots(vote.id)
    evidence = examine(session.database, vote, ballots)
    if json:
        print_json(vote_document(vote, ballots, evidence))
        return
    label = "" if profile is None else f", {profile_label(profile)}"
    session.console.print(votes_table([vote], title=f"{vote.question.key}{label}"))
    session.console.print(ballots_table(ballots, evidence))
