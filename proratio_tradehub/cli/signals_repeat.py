"""`proratio signals repeat`: does the panel say the same when it is asked the same again?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proratio_tradehub.cli.session import open_session, print_json, progress_bar
from proratio_tradehub.cli.signal_options import (
    AsJson,
    CandleLength,
    DryRun,
    Exchange,
    ProfileName,
    Span,
    profile_named,
    series_judged,
    span_named,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proratio_core.values import SeriesKey, Timerange
    from proratio_signals.backfill import BackfillPlan, BackfillReport
    from proratio_signals.profile import Profile
    from proratio_signals.questions import Question
    from proratio_signals.scoring.stability import Stability
    from proratio_tradehub.cli.session import Session

__all__ = ["repeat"]


def repeat(  # noqa: PLR0913  # a command's options
    *,
    times: Annotated[int, typer.Option(min=1, max=20, help="How often each is asked again.")] = 2,
    sample: Annotated[int, typer.Option(min=1, help="How many answered questions.")] = 50,
    pairs: Annotated[
        list[str] | None, typer.Option(help="Pairs, one or more. Default: all it was asked about.")
    ] = None,
    timeframe: CandleLength = "1h",
    timerange: Span = None,
    exchange: Exchange = "binance",
    profile: ProfileName = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Questions under way at once.")] = 8,
    dry_run: DryRun = False,
    json: AsJson = False,
) -> None:
    """Ask the panel again what it has answered, and say how often the answer is another one.

    The sample is random but always the same, and a larger one holds the smaller: raise --sample or
    --times and only what is new is asked. It is under the budget, and stopped at any point it goes
    on from there the next time.

    Example: [bold]proratio signals repeat --profile consensus --sample 50 --times 2 --dry-run[/]
    """
    with open_session() as session:
        chosen = profile_named(session, profile)
        keys = series_judged(session, chosen, pairs, exchange=exchange, timeframe=timeframe)
        span = span_named(timerange)
        questions = _sample(session, chosen, keys, span=span, size=sample)
        document: dict[str, Any] = {"questions": len(questions), "times": times}
        if dry_run:
            _print_plan(session, chosen, questions, document, json=json)
            return
        document |= _counts(
            asyncio.run(_again(session, chosen, questions, times=times, at_once=concurrency))
        )
        _print_result(session, chosen, keys, document, span=span, json=json)


def _sample(
    session: Session, profile: Profile, keys: Sequence[SeriesKey], *, span: Timerange, size: int
) -> tuple[Question, ...]:
    from proratio_core.candles import CandleStore
    from proratio_signals.backfill import Prospect
    from proratio_signals.ledger import Ledger
    from proratio_signals.sampling import draw_sample

    prospect = Prospect(profile, CandleStore(session.database))
    return draw_sample(keys, prospect, Ledger(session.database), timerange=span, size=size)


async def _again(
    session: Session, profile: Profile, questions: Sequence[Question], *, times: int, at_once: int
) -> list[BackfillReport]:
    """Ask every question once for each repeat, one repeat after the other."""
    from proratio_signals.backfill import backfill, report_on
    from proratio_signals.consult import open_advisor
    from proratio_signals.ledger import Ledger
    from proratio_signals.repeats import occasion_of, repeat_of

    reports = []
    with progress_bar() as bar:
        for number, planned in enumerate(_plans(session, profile, questions, times=times), start=1):
            if not planned.open:
                reports.append(report_on(planned))
                continue
            task = bar.add_task(f"{profile.name}, again {number} of {times}", total=None)
            async with open_advisor(
                session.settings,
                session.database,
                profile,
                clock=session.clock,
                occasion=occasion_of(number),
                recorded_as=repeat_of(profile, number),
            ) as advisor:
                reports.append(
                    await backfill(
                        questions,
                        advisor,
                        Ledger(session.database),
                        concurrency=at_once,
                        progress=lambda done, total, task=task: bar.update(  # type: ignore[misc]
                            task, completed=done, total=total
                        ),
                    )
                )
    return reports


def _plans(
    session: Session, profile: Profile, questions: Sequence[Question], *, times: int
) -> list[BackfillPlan]:
    from proratio_core.candles import CandleStore
    from proratio_signals.backfill import Prospect, plan
    from proratio_signals.ledger import Ledger
    from proratio_signals.repeats import repeat_of

    store, ledger = CandleStore(session.database), Ledger(session.database)
    return [
        plan(questions, Prospect(repeat_of(profile, number), store), ledger)
        for number in range(1, times + 1)
    ]


def _counts(reports: Sequence[BackfillReport]) -> dict[str, Any]:
    return {
        "answered_before": sum(report.answered_before for report in reports),
        "asked": sum(report.asked for report in reports),
        "degraded": sum(report.degraded for report in reports),
        "cost_usd": round(sum(report.cost_usd for report in reports), 6),
    }


def _print_plan(
    session: Session,
    profile: Profile,
    questions: Sequence[Question],
    document: dict[str, Any],
    *,
    json: bool,
) -> None:
    from proratio_tradehub.cli.estimate_view import estimate_document, estimate_table
    from proratio_tradehub.cli.estimating import estimate_of

    plans = _plans(session, profile, questions, times=document["times"])
    costs = estimate_of(session, profile, plans)
    document |= {
        "answered_before": sum(planned.answered_before for planned in plans),
        "open": sum(len(planned.open) for planned in plans),
    }
    if json:
        print_json({**document, "estimate": estimate_document(costs)})
        return
    _print_line(session, document)
    if document["open"] and not profile.is_rules:
        session.console.print(estimate_table(costs))


def _print_result(
    session: Session,
    profile: Profile,
    keys: Sequence[SeriesKey],
    document: dict[str, Any],
    *,
    span: Timerange,
    json: bool,
) -> None:
    from dataclasses import asdict

    from proratio_tradehub.cli.signals_score import sheet_table
    from proratio_tradehub.track_record.document import plain
    from proratio_tradehub.track_record.sheets import stability_sheet

    found = _stability(session, profile, keys, span)
    stake_frac = _stake_frac(session, profile, keys)
    if json:
        document |= {"stake_frac": stake_frac, "stability": [asdict(one) for one in found]}
        print_json(plain(document))
        return
    _print_line(session, document)
    if found:
        session.console.print(sheet_table(stability_sheet(found)))
    if stake_frac is not None:
        session.console.print(f"a vote now stakes {stake_frac:.0%} of its score", highlight=False)


def _stability(
    session: Session, profile: Profile, keys: Sequence[SeriesKey], span: Timerange
) -> tuple[Stability, ...]:
    from proratio_signals.scoring.reading import read_repeats
    from proratio_signals.scoring.stability import flip_rates
    from proratio_signals.siblings import read_siblings

    rows = read_repeats(
        session.database,
        read_siblings(session.database, profile).repeats,
        keys,
        timerange=span,
        until=session.clock.now(),
    )
    return flip_rates(rows, reach_ms=max((key.timeframe.ms for key in keys), default=1))


def _stake_frac(session: Session, profile: Profile, keys: Sequence[SeriesKey]) -> float | None:
    """Return what is left of the stake of a vote given now; None where the profile does not say."""
    from proratio_core.clock import to_ms
    from proratio_signals.repeats import read_steadiness

    if profile.stability is None or not keys:
        return None
    now = session.clock.now()
    steadiness = read_steadiness(
        session.database,
        profile,
        exchange=keys[0].exchange,
        timeframe=keys[0].timeframe,
        until=now,
    )
    return steadiness.stake_frac(profile.stability, to_ms(now))


def _print_line(session: Session, document: dict[str, Any]) -> None:
    session.console.print(", ".join(f"{name} {value}" for name, value in document.items()))
    if not document["questions"]:
        session.console.print("nothing to repeat; try: proratio signals backfill --help")
