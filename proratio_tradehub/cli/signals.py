"""`proratio signals`: ask the panel, fill the past, see what was said."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proratio_tradehub.cli.session import open_session, print_json, progress_bar
from proratio_tradehub.cli.signals_serve import health, serve

if TYPE_CHECKING:
    from datetime import datetime

    from proratio_core.candles import CandleStore
    from proratio_core.values import SeriesKey
    from proratio_signals.backfill import BackfillPlan, BackfillReport
    from proratio_signals.profile import Profile
    from proratio_signals.questions import Question
    from proratio_signals.records import LedgerVote
    from proratio_tradehub.cli.session import Session

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Ask the panel, fill the past, see what was said.")
app.command()(serve)
app.command()(health)

_Pair = Annotated[str, typer.Argument(help="BTC/USDT for spot, BTC/USDT:USDT for a perpetual.")]
_Exchange = Annotated[str, typer.Option(help="Exchange of the candles, or 'simulated'.")]
_Timeframe = Annotated[str, typer.Option(help="Length of a candle.")]
_ProfileName = Annotated[
    str | None, typer.Option("--profile", help="Who is asked; default: PRORATIO_PROFILE.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
_Timerange = Annotated[str | None, typer.Option(help="Candles from-to, e.g. 20240101-20250101.")]


@app.command()
def ask(
    pair: _Pair,
    *,
    exchange: _Exchange = "binance",
    timeframe: _Timeframe = "1h",
    at: Annotated[
        str | None,
        typer.Option(help="Close of the candle, UTC, e.g. 2024-05-01T12:00; default: the latest."),
    ] = None,
    profile: _ProfileName = None,
    json: _Json = False,
) -> None:
    """Ask the panel about one candle; a question that was answered before is not asked again.

    Example: [bold]proratio signals ask BTC/USDT --at 2024-05-01T12:00[/]
    """
    from proratio_core.candles import CandleStore
    from proratio_signals.questions import Question

    with open_session() as session:
        key = _series(exchange, pair, timeframe)
        chosen = _profile(session, profile)
        close = _moment(at) if at else _latest_close(CandleStore(session.database), key)
        vote = asyncio.run(_decide(session, chosen, Question(key, close)))
        _print_vote(session, chosen, vote, json=json)


@app.command()
def show(
    pair: Annotated[str | None, typer.Argument(help="Pair whose votes to list.")] = None,
    *,
    vote: Annotated[int | None, typer.Option(help="Show this vote with every ballot.")] = None,
    exchange: _Exchange = "binance",
    timeframe: _Timeframe = "1h",
    profile: _ProfileName = None,
    timerange: _Timerange = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 20,
    json: _Json = False,
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
        chosen = _profile(session, profile)
        ledger = Ledger(session.database)
        if vote is not None:
            found = ledger.get(vote)
            if found is None:
                raise DataError(f"there is no vote {vote}; `proratio signals show PAIR` lists them")
            _print_vote(session, None, found, json=json)
            return
        key = _series(exchange, pair or "", timeframe)
        span = Timerange() if timerange is None else Timerange.parse(timerange)
        votes = ledger.votes(key, chosen.hash, timerange=span, limit=limit)
        if json:
            print_json([vote_document(one) for one in votes])
            return
        session.console.print(votes_table(votes, title=f"{key}, {profile_label(chosen)}"))
        if not votes:
            session.console.print(f"nothing recorded; try: proratio signals ask {key.pair}")


@app.command()
def backfill(  # noqa: PLR0913  # a command's options
    strategy: Annotated[str, typer.Argument(help="Whose candidate candles, e.g. AIEnhancedTrend.")],
    pairs: Annotated[list[str], typer.Argument(help="Pairs, separated by spaces.")],
    *,
    exchange: _Exchange = "binance",
    timeframe: _Timeframe = "1h",
    timerange: _Timerange = None,
    profile: _ProfileName = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="Questions under way at once; default 8, rules 64.")
    ] = None,
    retry_degraded: Annotated[
        bool, typer.Option(help="Ask again where a voter abstained.")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="Only count; ask nothing.")] = False,
    json: _Json = False,
) -> None:
    """Ask the panel about every past candidate candle of a strategy that has no answer yet.

    Stopped at any point, it keeps what was answered and goes on from there the next time.

    Example: [bold]proratio signals backfill AIEnhancedTrend BTC/USDT ETH/USDT --timerange
    20240101-20250101[/]
    """
    with open_session() as session:
        chosen = _profile(session, profile)
        keys = [_series(exchange, pair, timeframe) for pair in pairs]
        questions = _questions(session, strategy, keys, timerange)
        at_once = concurrency or (64 if chosen.is_rules else 8)
        result = asyncio.run(
            _backfill(
                session,
                chosen,
                questions,
                concurrency=at_once,
                retry_degraded=retry_degraded,
                dry_run=dry_run,
            )
        )
        _print_backfill(session, chosen, result, json=json)


def _series(exchange: str, pair: str, timeframe: str) -> SeriesKey:
    from proratio_core.values import Pair, SeriesKey, Timeframe

    return SeriesKey(exchange, Pair.parse(pair), Timeframe.parse(timeframe))


def _profile(session: Session, name: str | None) -> Profile:
    from proratio_signals.profile import load_profile

    settings = session.settings
    return load_profile(name or settings.profile, settings.user_data / "profiles")


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


def _questions(
    session: Session, strategy: str, keys: list[SeriesKey], timerange: str | None
) -> list[Question]:
    from datetime import timedelta

    from proratio_core.candles import CandleStore
    from proratio_core.values import Timerange
    from proratio_tradehub.strategies.questions import questions_for, rule_of, startup_span

    rule = rule_of(strategy, session.settings.user_data)
    span = Timerange() if timerange is None else Timerange.parse(timerange)
    store = CandleStore(session.database)
    questions: list[Question] = []
    for key in keys:
        start = None if span.start is None else span.start - startup_span(rule, key)
        end = None if span.end is None else span.end + timedelta(milliseconds=key.timeframe.ms)
        frame = store.read(key, Timerange(start, end))
        questions += questions_for(rule, key, frame, span)
    return questions


async def _backfill(
    session: Session,
    profile: Profile,
    questions: list[Question],
    *,
    concurrency: int,
    retry_degraded: bool,
    dry_run: bool,
) -> BackfillPlan | BackfillReport:
    from proratio_signals.backfill import backfill as fill
    from proratio_signals.backfill import plan
    from proratio_signals.consult import open_advisor
    from proratio_signals.ledger import Ledger

    ledger = Ledger(session.database)
    async with open_advisor(
        session.settings, session.database, profile, clock=session.clock
    ) as advisor:
        if dry_run:
            return plan(questions, advisor, ledger, retry_degraded=retry_degraded)
        with progress_bar() as bar:
            task = bar.add_task(f"asking {profile.name}", total=None)
            return await fill(
                questions,
                advisor,
                ledger,
                concurrency=concurrency,
                retry_degraded=retry_degraded,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )


def _print_vote(session: Session, profile: Profile | None, vote: LedgerVote, *, json: bool) -> None:
    from proratio_signals.ledger import Ledger
    from proratio_tradehub.cli.vote_view import (
        ballots_table,
        profile_label,
        vote_document,
        votes_table,
    )

    ballots = Ledger(session.database).ballots(vote.id)
    if json:
        print_json(vote_document(vote, ballots))
        return
    label = "" if profile is None else f", {profile_label(profile)}"
    session.console.print(votes_table([vote], title=f"{vote.question.key}{label}"))
    session.console.print(ballots_table(ballots))


def _print_backfill(
    session: Session, profile: Profile, result: BackfillPlan | BackfillReport, *, json: bool
) -> None:
    from proratio_signals.backfill import BackfillPlan
    from proratio_tradehub.cli.vote_view import profile_label

    document: dict[str, Any] = {
        "profile": profile_label(profile),
        "questions": result.questions,
        "answered_before": result.answered_before,
    }
    if isinstance(result, BackfillPlan):
        document["open"] = len(result.open)
    else:
        document |= {"asked": result.asked, "degraded": result.degraded}
        document["cost_usd"] = round(result.cost_usd, 6)
    if json:
        refused = [{"question": str(r.question), "reason": r.reason} for r in result.refused]
        print_json({**document, "refused": refused})
        return
    document["refused"] = len(result.refused)
    session.console.print(", ".join(f"{name} {value}" for name, value in document.items()))
    if result.refused:
        session.console.print(f"first refusal: {result.refused[0].reason}", markup=False)
