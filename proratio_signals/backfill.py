"""Questions about the past: which are open, and asking those; killed at any point, it resumes.

Each worker takes its next question only when its last answer is in the ledger. What arrives while
one transaction commits goes into the next together, so fast voters are written in large batches
and slow, expensive ones at once. A killed run loses at most the answers under way, one a worker.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from proratio_core.candles import CandleStore
from proratio_core.clock import SystemClock
from proratio_core.errors import (
    BudgetError,
    ConfigurationError,
    DataError,
    ProratioError,
    TransientError,
)
from proratio_core.values import SeriesKey
from proratio_signals.answered import Answered
from proratio_signals.consult import Advisor, span_of
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Abstention, AbstentionKind
from proratio_signals.profile import RULES, Profile
from proratio_signals.questions import Question
from proratio_signals.snapshot import Snapshot, Windows
from proratio_signals.surroundings import read_derivatives

__all__ = [
    "Asker",
    "BackfillPlan",
    "BackfillReport",
    "Prospect",
    "Refusal",
    "backfill",
    "plan",
    "report_on",
]

_GIVE_UP_AFTER = 5
"""So many votes in a row without a single answer are an outage, not bad luck."""

_RULES_AT_ONCE = 1_000
"""Rules wait for nobody."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that cannot be asked: its window has a gap, or its paid answer was lost."""

    question: Question
    reason: str


@dataclass(frozen=True, slots=True)
class BackfillPlan:
    """What a backfill would do.

    Parameters
    ----------
    questions
        How many different ones were given.
    answered_before
        How many the ledger has, given for the very candles that are stored now.
    open
        Those to ask, in the order of series and time.
    refused
        Those that cannot be asked.
    """

    questions: int
    answered_before: int
    open: tuple[Question, ...]
    refused: tuple[Refusal, ...]
    windows: Mapping[SeriesKey, Windows] = field(repr=False)


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """What a backfill did; counts of questions, and the cost in US dollars as far as known."""

    questions: int
    answered_before: int
    asked: int
    degraded: int
    refused: tuple[Refusal, ...]
    cost_usd: float


class Asker(Protocol):
    """Who would be asked, about whose candles; an `Advisor` is one."""

    @property
    def profile(self) -> Profile:
        """Who votes."""

    @property
    def store(self) -> CandleStore:
        """The candles."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """Who would be asked, while nobody is connected and no key is needed."""

    profile: Profile
    store: CandleStore


def plan(
    questions: Iterable[Question],
    advisor: Asker,
    ledger: Ledger,
    *,
    retry_degraded: bool = False,
) -> BackfillPlan:
    """Return which questions are open, without asking any.

    Parameters
    ----------
    questions
        About any series, in any order; repeated ones count once.
    advisor
        Who would be asked.
    ledger
        What was answered.
    retry_degraded
        Treat votes that some voter abstained from as open.
    """
    ordered = sorted(set(questions), key=lambda question: (str(question.key), question.as_of))
    windows: dict[SeriesKey, Windows] = {}
    unanswered: list[Question] = []
    refused: list[Refusal] = []
    for key, group in groupby(ordered, key=lambda question: question.key):
        asked = list(group)
        span = span_of(asked[0], asked[-1])
        derivatives = read_derivatives(advisor.store, key, advisor.profile, span)
        windows[key] = Windows(advisor.store.read(key, span), key, derivatives)
        known = {
            vote.question: vote.snapshot_hash
            for vote in ledger.votes(key, advisor.profile.hash)
            if not (retry_degraded and vote.degraded)
        }
        for question in asked:
            try:
                snapshot = windows[key].at(question.as_of)
            except DataError as error:
                refused.append(Refusal(question, str(error)))
                continue
            if known.get(question) != snapshot.hash:
                unanswered.append(question)
    answered = len(ordered) - len(unanswered) - len(refused)
    return BackfillPlan(len(ordered), answered, tuple(unanswered), tuple(refused), windows)


def report_on(planned: BackfillPlan) -> BackfillReport:
    """Return the report of a backfill that has asked nothing, because nothing was open."""
    return BackfillReport(
        planned.questions,
        planned.answered_before,
        asked=0,
        degraded=0,
        refused=planned.refused,
        cost_usd=0.0,
    )


async def backfill(
    questions: Iterable[Question],
    advisor: Advisor,
    ledger: Ledger,
    *,
    concurrency: int = 8,
    retry_degraded: bool = False,
    progress: Progress | None = None,
    gives_up: bool = True,
) -> BackfillReport:
    """Ask every open question and record the answers.

    Parameters
    ----------
    questions, advisor, ledger, retry_degraded
        As for `plan`.
    concurrency
        How many questions are under way at once, at least 1.
    progress
        Called with the number of questions asked so far and the number to ask.
    gives_up
        Whether some votes in a row without a single answer end the run; not where the answers
        are known already.

    Raises
    ------
    ConfigurationError
        A provider does not accept its key. What was answered before is kept.
    BudgetError
        The day's money does not cover the next call. What was answered before is kept.
    TransientError
        The providers or the database are away. What was answered before is kept.
    """
    planned = await asyncio.to_thread(
        plan, questions, advisor, ledger, retry_degraded=retry_degraded
    )
    run = _Run(
        planned,
        advisor,
        writer=_Writer(ledger, advisor.profile),
        answered=Answered(ledger, advisor.profile.hash, planned.open, clock=SystemClock()),
        retry_degraded=retry_degraded,
        progress=progress,
        gives_up=gives_up,
    )
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(max(1, min(concurrency, len(planned.open), _turns(advisor.profile)))):
                group.create_task(run.work())
    except ExceptionGroup as failures:  # raising inside `except*` would wrap again before 3.11.4
        expected, unexpected = failures.split(ProratioError)
        if expected is None or unexpected is not None:
            raise
        raise expected.exceptions[0] from failures
    finally:
        run.writer.flush()
    if run.trouble is not None:
        raise run.trouble
    return BackfillReport(
        planned.questions,
        planned.answered_before + run.answered_meanwhile,
        asked=run.asked,
        degraded=run.degraded,
        refused=(*planned.refused, *run.refused),
        cost_usd=run.cost_usd,
    )


def _turns(profile: Profile) -> int:
    """Return how many questions can be under way without a voter waiting for its turn.

    A call that waits for its turn uses up its deadline, and one that gets none is an abstention.
    """
    seats = Counter(voter.provider for voter in profile.voters if voter.provider != RULES)
    turns = (profile.limit_of(name).at_once // count for name, count in seats.items())
    return max(1, min(turns, default=_RULES_AT_ONCE))


class _Run:
    """One backfill under way: the questions left, and what was counted."""

    def __init__(
        self,
        planned: BackfillPlan,
        advisor: Advisor,
        *,
        writer: _Writer,
        answered: Answered,
        retry_degraded: bool,
        progress: Progress | None,
        gives_up: bool,
    ) -> None:
        self.writer = writer
        self.asked = 0
        self.degraded = 0
        self.cost_usd = 0.0
        self.answered_meanwhile = 0
        self.refused: list[Refusal] = []
        self.trouble: ProratioError | None = None
        self._planned = planned
        self._left: Iterator[Question] = iter(planned.open)
        self._advisor = advisor
        self._answered = answered
        self._retry_degraded = retry_degraded
        self._progress = progress
        self._gives_up = gives_up
        self._silent_in_a_row = 0

    async def work(self) -> None:
        """Take questions until none is left, or a voter's trouble ends the run for everybody.

        What is under way then is finished: it is paid for.
        """
        for question in self._left:
            snapshot = self._planned.windows[question.key].at(question.as_of)
            if await self._is_answered(question, snapshot):
                self.answered_meanwhile += 1
                continue
            decision = await self._advisor.consider(question, snapshot, origin=Origin.BACKFILL)
            if (trouble := _trouble_of(decision)) is not None:
                self.trouble = self.trouble or trouble
            elif (lost := _abstention(decision, AbstentionKind.LOST)) is not None:
                self.refused.append(Refusal(question, lost.detail))
            else:
                await self.writer.write(decision)
                self._count(decision)
            if self.trouble is not None:
                return

    async def _is_answered(self, question: Question, snapshot: Snapshot) -> bool:
        """Whether another process recorded an answer since the plan was made."""
        if self._retry_degraded or self._advisor.profile.is_rules:
            return False
        return await self._answered.has(question, snapshot)

    def _count(self, decision: Decision) -> None:
        consensus = decision.consensus
        self.asked += 1
        self.degraded += consensus.degraded
        self.cost_usd += sum(ballot.answer.cost_usd or 0.0 for ballot in consensus.ballots)
        if self._progress is not None:
            self._progress(self.asked, len(self._planned.open))
        self._silent_in_a_row = 0 if consensus.participation else self._silent_in_a_row + 1
        if self._gives_up and self._silent_in_a_row >= _GIVE_UP_AFTER:
            self.trouble = self.trouble or TransientError(
                f"no voter answered the last {_GIVE_UP_AFTER} questions; what was answered is "
                "kept. Run again later with retry_degraded to ask these once more"
            )


class _Writer:
    """Records decisions; those that come while a transaction commits share the next one."""

    def __init__(self, ledger: Ledger, profile: Profile) -> None:
        self._ledger = ledger
        self._profile = profile
        self._waiting: list[Decision] = []
        self._lock = asyncio.Lock()

    async def write(self, decision: Decision) -> None:
        """Return when `decision` is in the ledger."""
        self._waiting.append(decision)
        async with self._lock:
            if not any(other is decision for other in self._waiting):
                return  # whoever held the lock before took it along
            batch, self._waiting = self._waiting, []
            await asyncio.to_thread(self._ledger.record, batch, self._profile)

    def flush(self) -> None:
        """Record what an interrupted run still holds."""
        batch, self._waiting = self._waiting, []
        self._ledger.record(batch, self._profile)


def _trouble_of(decision: Decision) -> ProratioError | None:
    """Return what makes every further question pointless; the decision is not recorded then."""
    for ballot in decision.consensus.ballots:
        result = ballot.answer.result
        if not isinstance(result, Abstention):
            continue
        if result.kind is AbstentionKind.AUTHENTICATION:
            return ConfigurationError(
                f"{ballot.voter.provider} does not accept the key for {ballot.voter.name}: "
                f"{result.detail}; correct it and run again, what was answered is kept"
            )
        if result.kind is AbstentionKind.BUDGET:
            return BudgetError(
                f"{ballot.voter.name} was not asked: {result.detail}. What was answered is kept; "
                "run again tomorrow (UTC), or raise PRORATIO_DAILY_BUDGET_USD or the profile's caps"
            )
    return None


def _abstention(decision: Decision, kind: AbstentionKind) -> Abstention | None:
    results = (ballot.answer.result for ballot in decision.consensus.ballots)
    return next((r for r in results if isinstance(r, Abstention) and r.kind is kind), None)
