"""`proratio signals backfill`: votes on the past, and what they will cost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proratio_tradehub.cli.session import open_session, print_json, progress_bar
from proratio_tradehub.cli.signal_batches import counts_of, fill_in_batches
from proratio_tradehub.cli.signal_options import (
    AsJson,
    Exchange,
    ProfileName,
    Span,
    pairs_named,
    profile_named,
    series_named,
    span_named,
)

if TYPE_CHECKING:
    from proratio_core.values import SeriesKey
    from proratio_signals.backfill import BackfillPlan, BackfillReport
    from proratio_signals.batches import BatchReport
    from proratio_signals.profile import Profile
    from proratio_signals.questions import Question
    from proratio_tradehub.cli.session import Session

__all__ = ["backfill"]


def backfill(  # noqa: PLR0913  # a command's options
    strategy: Annotated[str, typer.Argument(help="Whose candidate candles, e.g. AIEnhancedTrend.")],
    *,
    pairs: Annotated[
        list[str] | None,
        typer.Option(help="Pairs, one or more. Default: BTC and ETH against USDT."),
    ] = None,
    exchange: Exchange = "binance",
    timeframe: Annotated[
        str | None, typer.Option(help="Length of a candle. Default: the strategy's own, or 1h.")
    ] = None,
    timerange: Span = None,
    profile: ProfileName = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="Questions under way at once; default 8, rules 64.")
    ] = None,
    retry_degraded: Annotated[
        bool, typer.Option(help="Ask again where a voter abstained.")
    ] = False,
    batch: Annotated[
        bool,
        typer.Option(help="Half the price, within a day: through the providers' batch APIs."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option(help="Ask nothing: say how many questions, tokens and dollars it is.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Ask the panel about every past candidate candle of a strategy that has no answer yet.

    Stopped at any point, it keeps what was answered and goes on from there the next time. With
    --dry-run no key is needed and nothing is spent. With --batch the questions go to the batch
    APIs of OpenAI, Anthropic and Gemini; voters of other providers are asked directly. Ctrl-C
    leaves batches running, and the same command fetches them later.

    Example: [bold]proratio signals backfill AIEnhancedTrend --pairs BTC/USDT ETH/USDT --timerange
    20240101-20250101 --profile consensus --dry-run[/]
    """
    from proratio_tradehub.strategies.rules import usual_pairs, usual_timeframe

    with open_session() as session:
        chosen = profile_named(session, profile)
        keys = [
            series_named(exchange, str(pair), timeframe or usual_timeframe(strategy).value)
            for pair in (pairs_named(pairs) if pairs else usual_pairs(strategy))
        ]
        questions = _questions(session, strategy, keys, timerange)
        if dry_run:
            _print_plan(
                session, chosen, questions, retry_degraded=retry_degraded, batch=batch, json=json
            )
            return
        if batch:
            sent = fill_in_batches(
                session,
                chosen,
                questions,
                concurrency=concurrency or 8,
                retry_degraded=retry_degraded,
            )
            _print_counts(session, chosen, sent, counts_of(sent), json=json)
            return
        at_once = concurrency or (64 if chosen.is_rules else 8)
        report = asyncio.run(
            _fill(session, chosen, questions, concurrency=at_once, retry_degraded=retry_degraded)
        )
        asked = {
            "asked": report.asked,
            "degraded": report.degraded,
            "cost_usd": round(report.cost_usd, 6),
        }
        _print_counts(session, chosen, report, asked, json=json)


def _questions(
    session: Session, strategy: str, keys: list[SeriesKey], timerange: str | None
) -> list[Question]:
    from datetime import timedelta

    from proratio_core.candles import CandleStore
    from proratio_core.values import Timerange
    from proratio_tradehub.strategies.questions import (
        questions_for,
        read_funding,
        rule_of,
        startup_span,
    )

    rule = rule_of(strategy, session.settings.user_data)
    span = span_named(timerange)
    store = CandleStore(session.database)
    questions: list[Question] = []
    for key in keys:
        start = None if span.start is None else span.start - startup_span(rule, key)
        end = None if span.end is None else span.end + timedelta(milliseconds=key.timeframe.ms)
        frame = store.read(key, Timerange(start, end))
        funding = read_funding(rule, key, store)
        questions += questions_for(rule, key, frame, span, funding=funding)
    return questions


async def _fill(
    session: Session,
    profile: Profile,
    questions: list[Question],
    *,
    concurrency: int,
    retry_degraded: bool,
) -> BackfillReport:
    from proratio_core.candles import CandleStore
    from proratio_core.heap import settled_heap
    from proratio_signals.backfill import Prospect, plan, report_on
    from proratio_signals.backfill import backfill as fill
    from proratio_signals.consult import open_advisor
    from proratio_signals.ledger import Ledger

    prospect = Prospect(profile, CandleStore(session.database))
    ledger = Ledger(session.database)
    planned = plan(questions, prospect, ledger, retry_degraded=retry_degraded)
    if not planned.open:
        return report_on(planned)
    async with open_advisor(
        session.settings, session.database, profile, clock=session.clock
    ) as advisor:
        with settled_heap(), progress_bar() as bar:
            task = bar.add_task(f"asking {profile.name}", total=None)
            return await fill(
                questions,
                advisor,
                ledger,
                concurrency=concurrency,
                retry_degraded=retry_degraded,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )


def _print_plan(
    session: Session,
    profile: Profile,
    questions: list[Question],
    *,
    retry_degraded: bool,
    batch: bool,
    json: bool,
) -> None:
    from proratio_core.candles import CandleStore
    from proratio_signals.backfill import Prospect, plan
    from proratio_signals.ledger import Ledger
    from proratio_tradehub.cli.estimate_view import estimate_document, estimate_table
    from proratio_tradehub.cli.estimating import estimate_of

    prospect = Prospect(profile, CandleStore(session.database))
    ledger = Ledger(session.database)
    planned = plan(questions, prospect, ledger, retry_degraded=retry_degraded)
    costs = estimate_of(session, profile, [planned], batch=batch)
    document: dict[str, Any] = {"open": len(planned.open)}
    if json:
        document["estimate"] = estimate_document(costs)
    _print_counts(session, profile, planned, document, json=json)
    if not json and planned.open and not profile.is_rules:
        session.console.print(estimate_table(costs))


def _print_counts(
    session: Session,
    profile: Profile,
    result: BackfillPlan | BackfillReport | BatchReport,
    more: dict[str, Any],
    *,
    json: bool,
) -> None:
    from proratio_tradehub.cli.vote_view import profile_label

    document: dict[str, Any] = {
        "profile": profile_label(profile),
        "questions": result.questions,
        "answered_before": result.answered_before,
        **more,
    }
    if json:
        refused = [{"question": str(r.question), "reason": r.reason} for r in result.refused]
        print_json({**document, "refused": refused})
        return
    document["refused"] = len(result.refused)
    session.console.print(", ".join(f"{name} {value}" for name, value in document.items()))
    if result.refused:
        session.console.print(f"first refusal: {result.refused[0].reason}", markup=False)
