"""The process that answers: it takes questions from the queue and puts them to the panel.

Woken by PostgreSQL's notice, and by looking every two seconds in case one is missed. Several
questions are under way at once. What it took it answers, fails with a reason, or gives back; when
it is killed, its seat falls vacant and the next service takes what it left. An answer that was paid
for is recorded even when the database is away for a while.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from typing import Final, TypeVar

import structlog

from proratio_core.clock import Clock
from proratio_core.database import Database, Notices
from proratio_core.errors import ProratioError, TransientError
from proratio_signals.consult import Advisor
from proratio_signals.health import Condition, Health
from proratio_signals.ledger import Origin
from proratio_signals.queue import CHANNEL, Claim, QuestionQueue, State, new_seat, sit_down
from proratio_signals.records import Decision, LedgerVote

__all__ = ["SignalService"]

_LOOK_S: Final = 2.0
"""How often the queue is looked at unasked."""
_RETRY_S: Final = 1.0
"""How long a database that is away is left alone."""
_GRACE_S: Final = 5.0
"""How much longer than the panel's deadline the last answers may take when the service stops."""

_log = structlog.get_logger(__name__)

_T = TypeVar("_T")


class SignalService:
    """Answers the questions of one profile until told to stop.

    Parameters
    ----------
    database
        Where questions and answers are.
    advisor
        Who answers.
    clock
        The time it is.
    report
        Called with the service's health whenever it looked at the queue.
    concurrency
        How many questions are under way at once, at least 1.
    on_decision
        Told of every new answer; it must not raise.
    """

    def __init__(
        self,
        database: Database,
        advisor: Advisor,
        *,
        clock: Clock,
        report: Callable[[Health], None],
        concurrency: int = 8,
        on_decision: Callable[[Decision], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._on_decision = on_decision
        self._advisor = advisor
        self._clock = clock
        self._report = report
        self._concurrency = concurrency
        self._queue = QuestionQueue(database, advisor.profile)
        self._seat = new_seat()
        self._under_way: dict[asyncio.Task[None], Claim] = {}
        self._freed = asyncio.Event()
        now = clock.now()
        self.health = Health(
            advisor.profile.name,
            advisor.profile.hash,
            os.getpid(),
            Condition.WAITING,
            "starting",
            started_at=now,
            updated_at=now,
        )

    async def run(self, stop: asyncio.Event, hurry: asyncio.Event) -> None:
        """Answer questions until `stop` is set; then finish what is under way.

        Parameters
        ----------
        stop
            Take no more questions; those under way may take the panel's deadline and 5 s.
        hurry
            Do not wait for them: give them back.
        """
        while not stop.is_set():
            try:
                async with self._seated() as notices:
                    await self._serve(notices, stop)
                    await self._finish(hurry)  # while the seat is still ours
            except TransientError as error:
                self._note(Condition.WAITING, str(error))
                await _first_of((stop.wait(),), timeout_s=_RETRY_S)
        await self._finish(hurry)

    @asynccontextmanager
    async def _seated(self) -> AsyncIterator[Notices]:
        with ExitStack() as stack:
            dedicated = self._database.dedicated()
            connection = await asyncio.to_thread(stack.enter_context, dedicated)
            sit_down(connection, self._seat)
            yield Notices(connection, CHANNEL)

    async def _serve(self, notices: Notices, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._freed.clear()
            await self._take()
            waits = (notices.wait(_LOOK_S), stop.wait(), self._freed.wait())
            await _first_of(waits, timeout_s=_LOOK_S)

    async def _take(self) -> None:
        """Take as many questions as there is room for, and say how things are."""
        room = self._concurrency - len(self._under_way)
        claims = await asyncio.to_thread(
            self._queue.claim, self._seat, limit=max(room, 0), now=self._clock.now()
        )
        for claim in claims:
            task = asyncio.create_task(self._answer(claim))
            self._under_way[task] = claim
            task.add_done_callback(self._forget)
        if await asyncio.to_thread(self._queue.is_silent):
            self._note(Condition.DEGRADED, "no voter answered the last three questions")
        else:
            self._note(Condition.READY, "")

    def _forget(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._freed.set()

    async def _answer(self, claim: Claim) -> None:
        """Consult the panel and settle the question, whatever comes."""
        try:
            state, detail = await self._consult(claim)
        except ProratioError as error:
            state, detail = State.FAILED, str(error)
        except Exception as error:  # noqa: BLE001  # the border of a question: log, fail it, go on
            _log.exception("question_failed", question=str(claim.question))
            state, detail = State.FAILED, f"the service raised {type(error).__name__}"
        await self._insist(
            lambda: self._queue.settle(claim, state, now=self._clock.now(), detail=detail)
        )
        if state is State.ANSWERED:
            self.health = replace(self.health, answered=self.health.answered + 1)
        else:
            self.health = replace(self.health, failed=self.health.failed + 1)
            _log.warning("question_not_answered", question=str(claim.question), reason=detail)

    async def _consult(self, claim: Claim) -> tuple[State, str]:
        snapshot = claim.snapshot()
        vote = await self._insist(lambda: self._advisor.find(claim.question, snapshot))
        if vote is None:
            decision = await self._advisor.consider(claim.question, snapshot, origin=Origin.LIVE)
            self._on_decision(decision)
            vote = await self._insist(lambda: self._advisor.keep(decision))
        return self._judged(claim, vote)

    def _judged(self, claim: Claim, vote: LedgerVote) -> tuple[State, str]:
        if not vote.participation:
            return State.FAILED, f"no voter answered; `proratio signals show --vote {vote.id}`"
        if vote.available_at >= claim.valid_until:
            late_s = (vote.available_at - claim.valid_until).total_seconds()
            return State.EXPIRED, f"the answer came {late_s:.1f} s after it was of use"
        return State.ANSWERED, ""

    async def _insist(self, call: Callable[[], _T]) -> _T:
        """Return what `call` returns once the database lets it; only a stop ends the wait."""
        while True:
            try:
                return await asyncio.to_thread(call)
            except TransientError as error:
                self._note(Condition.WAITING, str(error))
                await asyncio.sleep(_RETRY_S)

    async def _finish(self, hurry: asyncio.Event) -> None:
        """Let the questions under way end; give back those that do not in time."""
        if not self._under_way:
            return
        limit_s = self._advisor.profile.deadline_s + _GRACE_S
        everything = asyncio.gather(*self._under_way, return_exceptions=True)
        await _first_of((asyncio.shield(everything), hurry.wait()), timeout_s=limit_s)
        left = dict(self._under_way)
        for task in left:
            task.cancel()
        await everything
        if left:
            _log.warning("questions_given_back", questions=len(left))
            await asyncio.to_thread(self._queue.release, tuple(left.values()))

    def _note(self, condition: Condition, detail: str) -> None:
        if condition is not self.health.condition:
            _log.info("service_condition", condition=condition.value, detail=detail)
        self.health = replace(
            self.health,
            condition=condition,
            detail=detail,
            updated_at=self._clock.now(),
            under_way=len(self._under_way),
        )
        self._report(self.health)


async def _first_of(waits: Iterable[Awaitable[object]], *, timeout_s: float) -> None:
    """Wait until one of these is done, or the time is over; raise what it raised."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()
