"""`proratio signals backfill --batch`: sending, waiting for hours, and leaving in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from proratio_tradehub.cli.session import progress_bar

if TYPE_CHECKING:
    from proratio_signals.batches import BatchReport, Waiting
    from proratio_signals.profile import Profile
    from proratio_signals.questions import Question
    from proratio_tradehub.cli.session import Session

__all__ = ["counts_of", "fill_in_batches"]


def fill_in_batches(
    session: Session,
    profile: Profile,
    questions: Sequence[Question],
    *,
    concurrency: int,
    retry_degraded: bool,
) -> BatchReport:
    """Run a backfill in batches to its end; interrupted, say what goes on and how to resume."""
    try:
        return asyncio.run(
            _fill(
                session,
                profile,
                questions,
                concurrency=concurrency,
                retry_degraded=retry_degraded,
            )
        )
    except KeyboardInterrupt:
        _say_what_goes_on(session, profile)
        raise


def counts_of(report: BatchReport) -> dict[str, Any]:
    """Return what is printed of a report beyond what every backfill prints."""
    return {
        "asked": report.asked,
        "degraded": report.degraded,
        "batches": report.batches,
        "left_open": report.left_open,
        "cost_usd": round(report.cost_usd, 6),
    }


async def _fill(
    session: Session,
    profile: Profile,
    questions: Sequence[Question],
    *,
    concurrency: int,
    retry_degraded: bool,
) -> BatchReport:
    from proratio_signals.batches import backfill_in_batches, open_office

    async with open_office(
        session.settings, session.database, profile, clock=session.clock
    ) as office:
        if office.direct:
            names = ", ".join(office.direct)
            _stderr().print(f"asked directly, for want of batches: {escape(names)}")
        with _waiting() as show:
            return await backfill_in_batches(
                questions,
                office,
                concurrency=concurrency,
                retry_degraded=retry_degraded,
                progress=show,
            )


@contextmanager
def _waiting() -> Iterator[Callable[[Waiting], None]]:
    """Yield a function that shows how far it is: a bar on a terminal, else a line a change."""
    console = _stderr()
    if not console.is_terminal:
        said = ""

        def tell(now: Waiting) -> None:
            nonlocal said
            line = f"{_sentence(now)}, {now.voted} of {now.questions} votes written"
            if line != said:
                said = line
                console.print(line, highlight=False, soft_wrap=True)

        yield tell
        return
    with progress_bar() as bar:
        task = bar.add_task("handing in", total=None)

        def show(now: Waiting) -> None:
            bar.update(task, description=_sentence(now), completed=now.voted, total=now.questions)

        yield show


def _sentence(now: Waiting) -> str:
    batches = "1 batch" if now.batches == 1 else f"{now.batches} batches"
    return f"{batches} under way, {now.done} of {now.calls} calls over"


def _say_what_goes_on(session: Session, profile: Profile) -> None:
    from proratio_signals.batches import batches_under_way

    batches = batches_under_way(session.database, profile.hash)
    if batches:
        calls = sum(batch.calls for batch in batches)
        _stderr().print(
            f"{len(batches)} batches with {calls} calls go on at their providers, and are paid for "
            "either way. The same command, later, fetches the answers and writes the votes.",
            highlight=False,
        )


def _stderr() -> Console:
    return Console(stderr=True)
