"""A backfill through the batch APIs: at half the price, some hours later.

Each question's calls go into a batch a voter. A vote is written as soon as all voters of its
question have answered. Money is reserved for whole batches from the worst case, some twenty times
what they come to; where it does not cover all questions at once, the rest follows when the first
batches have given back what they did not need. Whatever happens, the next run goes on from what is
written down: batches under way are waited for, never sent again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from proratio_core.errors import BudgetError, ProratioError, TransientError
from proratio_signals.backfill import BackfillPlan, Refusal, backfill, plan
from proratio_signals.batches.office import Office
from proratio_signals.batches.rows import Batch, Prepared, Wish
from proratio_signals.calls import Call, call_key
from proratio_signals.opinions import Answer
from proratio_signals.prompts import Prompt
from proratio_signals.providers.batching import BatchRequest
from proratio_signals.questions import Question
from proratio_signals.reservations import Lost, Previous, UnderWay, paid_answer
from proratio_signals.wording import prompts_for

__all__ = ["BatchReport", "Waiting", "backfill_in_batches"]

POLL_S: Final = 20.0
_QUESTIONS_TOGETHER: Final = 1_000
"""So many calls a batch at most: a few megabytes, far below every provider's limit."""
_FAILURES: Final = 15
"""So many looks in a row at a batch that fail are an outage."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How far a run is.

    Parameters
    ----------
    batches, calls
        Under way.
    done
        Calls of those that are over, as far as the providers say.
    voted, questions
        Votes written by this run, and the questions it has.
    """

    batches: int
    calls: int
    done: int
    voted: int
    questions: int


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What a run did; counts of questions, and the cost of their votes in US dollars.

    Parameters
    ----------
    batches
        How many this run sent.
    left_open
        Questions that some voter did not get to; the next run asks them.
    """

    questions: int
    answered_before: int
    asked: int
    degraded: int
    refused: tuple[Refusal, ...]
    left_open: int
    batches: int
    cost_usd: float


async def backfill_in_batches(
    questions: Iterable[Question],
    office: Office,
    *,
    concurrency: int = 8,
    retry_degraded: bool = False,
    poll_s: float = POLL_S,
    progress: Callable[[Waiting], None] | None = None,
) -> BatchReport:
    """Ask every open question in batches and record the votes.

    Parameters
    ----------
    questions, retry_degraded
        As for `backfill`.
    office
        Who is asked, and where everything is written down.
    concurrency
        How many questions voters without batches are asked at once.
    poll_s
        Seconds between two looks at the batches.
    progress
        Told how far it is after every look.

    Raises
    ------
    ConfigurationError
        A provider does not accept its key, or a model has no batch price.
    BudgetError
        The day's money does not cover the next call, and nothing is under way.
    ProviderError, TransientError
        A provider does not take a batch, or is away. Batches under way go on.
    """
    planned = await asyncio.to_thread(
        plan, questions, office.advisor, office.ledger, retry_degraded=retry_degraded
    )
    run = _Run(planned, office, concurrency=concurrency, retry_degraded=retry_degraded)
    await run.prepare()
    await run.wait(poll_s, progress)
    await run.vote()
    while await run.send():
        await run.wait(poll_s, progress)
        await run.vote()
    await run.vote()  # what others had paid for, and what needed no batch
    if run.trouble is not None:
        raise run.trouble
    return run.report()


class _Run:
    """One run: the questions left, their calls, and what was counted."""

    def __init__(
        self, planned: BackfillPlan, office: Office, *, concurrency: int, retry_degraded: bool
    ) -> None:
        self.trouble: ProratioError | None = None
        self._planned = planned
        self._office = office
        self._concurrency = concurrency
        self._retry_degraded = retry_degraded
        self._left = list(planned.open)
        self._keys: dict[Question, dict[str, str]] = {}
        self._sent: set[str] = set()
        self._fresh: set[str] = set()
        self._voted_before: set[Question] = set()
        self._refused: dict[Question, Refusal] = {}
        self._batches = 0
        self._votes = 0
        self._degraded = 0
        self._cost_usd = 0.0

    async def prepare(self) -> None:
        """Name every call, and note which ones an earlier run has under way."""
        self._keys = await asyncio.to_thread(self._name_calls)
        for batch in await asyncio.to_thread(self._office.rows.open):
            self._fresh |= (await asyncio.to_thread(self._office.rows.unsettled, batch)).keys()
        if self._retry_degraded:
            self._voted_before = await asyncio.to_thread(self._already_voted)

    async def wait(self, poll_s: float, progress: Callable[[Waiting], None] | None) -> None:
        """Return when no batch is under way; write votes as batches come back."""
        failures: Counter[int] = Counter()
        while batches := await asyncio.to_thread(self._office.rows.open):
            ended, done = False, 0
            for batch in batches:
                over, calls = await self._look(batch, failures)
                ended |= over
                done += calls
            if progress is not None:
                calls = sum(batch.calls for batch in batches)
                progress(Waiting(len(batches), calls, done, self._votes, len(self._planned.open)))
            if ended:
                await self.vote()
            else:
                await asyncio.sleep(poll_s)

    async def vote(self) -> None:
        """Write the votes on questions that every voter has answered."""
        latest = await asyncio.to_thread(self._latest, self._left)
        ready = []
        for question in self._left:
            answers = {
                key: self._answer(question, key, latest.get(key))
                for key in self._keys[question].values()
            }
            if None in answers.values():
                continue
            self._office.answers.update((k, a) for k, a in answers.items() if a is not None)
            ready.append(question)
        if not ready:
            return
        report = await backfill(
            ready,
            self._office.advisor,
            self._office.ledger,
            concurrency=self._concurrency,
            retry_degraded=self._retry_degraded,
            gives_up=False,
        )
        self._votes += report.asked
        self._degraded += report.degraded
        self._cost_usd += report.cost_usd
        self._refused |= {refusal.question: refusal for refusal in report.refused}
        self._office.answers.clear()
        self._drop(ready)

    async def send(self) -> bool:
        """Send what is open and covered by the day's money; return whether anything was sent.

        Raises
        ------
        BudgetError
            Not even one call is covered.
        """
        sent = self._batches
        for questions in _chunks(self._left):
            if self.trouble is not None:
                break
            wishes, prompts = await asyncio.to_thread(self._wishes, questions)
            if not wishes:
                continue
            prepared = await asyncio.to_thread(self._office.rows.prepare, wishes)
            self._note(questions, prepared)
            for batch, keys in prepared.batches.items():
                await self._ship(batch, [BatchRequest(key, prompts[key]) for key in keys])
            if prepared.refused is not None:
                if self._batches == sent and self.trouble is None:
                    raise BudgetError(
                        f"no further call goes into a batch: {prepared.refused.detail}. What was "
                        "answered is kept; run again tomorrow (UTC), or raise "
                        "PRORATIO_DAILY_BUDGET_USD or the profile's caps"
                    )
                break
        return self._batches > sent

    def report(self) -> BatchReport:
        """Return what the run came to."""
        return BatchReport(
            self._planned.questions,
            self._planned.answered_before,
            asked=self._votes,
            degraded=self._degraded,
            refused=(*self._planned.refused, *self._refused.values()),
            left_open=len(self._left),
            batches=self._batches,
            cost_usd=self._cost_usd,
        )

    async def _look(self, batch: Batch, failures: Counter[int]) -> tuple[bool, int]:
        """Return whether a batch has ended and how many of its calls are over."""
        shipping = self._office.shippings.get(batch.voter)
        if shipping is None:
            raise TransientError(
                f"a batch for {batch.voter} is under way, and {batch.provider} cannot be asked for "
                "it: its key is missing. Set it and run again"
            )
        try:
            state = await shipping.step(batch)
        except TransientError:
            failures[batch.id] += 1
            if failures[batch.id] >= _FAILURES:
                raise
            return False, 0
        failures[batch.id] = 0
        return state.ended, state.done

    async def _ship(self, batch: Batch, requests: Sequence[BatchRequest]) -> None:
        self._sent.update(request.key for request in requests)
        try:
            await self._office.shippings[batch.voter].send(batch, requests)
        except ProratioError as error:
            self.trouble = self.trouble or error
        else:
            self._batches += 1

    def _note(self, questions: Sequence[Question], prepared: Prepared) -> None:
        """Remember why calls are not asked now."""
        reasons = {
            key: "another process asks exactly this at the moment"
            if isinstance(found, UnderWay)
            else "a process died today while it asked exactly this; it can be asked from tomorrow"
            for key, found in prepared.found.items()
            if isinstance(found, UnderWay | Lost)
        }
        if not reasons:
            return
        for question in questions:
            reason = next(filter(None, map(reasons.get, self._keys[question].values())), None)
            if reason is not None:
                self._refused[question] = Refusal(question, reason)
        self._drop(self._refused)

    def _drop(self, questions: Iterable[Question]) -> None:
        gone = set(questions)
        self._left = [question for question in self._left if question not in gone]

    def _answer(self, question: Question, key: str, latest: Previous | None) -> Answer | None:
        """Return the answer to a call; None while it is open.

        An opinion always counts. A batch's abstention counts for one vote: the one that this run
        writes, or that a killed run had not written yet.
        """
        if latest is None or latest.settled_usd is None:
            return None
        fresh = key in self._sent or key in self._fresh or question not in self._voted_before
        if latest.outcome == "OPINION" or (latest.batch_id is not None and fresh):
            return paid_answer(latest)
        return None

    def _wishes(self, questions: Sequence[Question]) -> tuple[list[Wish], dict[str, Prompt]]:
        """Return the calls that are open and were not sent by this run, with their prompts."""
        latest = self._latest(questions)
        today = self._office.clock.now().date()
        profile = self._office.advisor.profile
        wishes: list[Wish] = []
        prompts: dict[str, Prompt] = {}
        for question in questions:
            wanted = [
                (name, key)
                for name, key in self._keys[question].items()
                if key not in self._sent and self._answer(question, key, latest.get(key)) is None
            ]
            asked = self._prompts(question) if wanted else {}
            for name, key in wanted:
                voter = next(voter for voter in profile.voters if voter.name == name)
                provider = self._office.providers[name]
                call = Call(
                    key=key,
                    provider=voter.provider,
                    model=voter.model,
                    worst_case_usd=provider.batch_worst_case_usd(asked[name], on=today),
                    lease_s=0.0,  # a batch is over when its results are read, not at some hour
                )
                wishes.append(Wish(call, name))
                prompts[key] = asked[name]
        return wishes, prompts

    def _name_calls(self) -> dict[Question, dict[str, str]]:
        profile = self._office.advisor.profile
        seats = [voter for voter in profile.voters if voter.name in self._office.shippings]
        return {
            question: {
                voter.name: call_key(prompts[voter.name], voter, profile_hash=profile.hash)
                for voter in seats
            }
            for question in self._left
            for prompts in (self._prompts(question),)
        }

    def _prompts(self, question: Question) -> Mapping[str, Prompt]:
        snapshot = self._planned.windows[question.key].at(question.as_of)
        return prompts_for(self._office.advisor.profile, snapshot)

    def _latest(self, questions: Sequence[Question]) -> Mapping[str, Previous]:
        keys = [key for question in questions for key in self._keys[question].values()]
        return self._office.rows.latest(keys)

    def _already_voted(self) -> set[Question]:
        """Return the questions that have a vote on these very candles."""
        voted: set[Question] = set()
        profile_hash = self._office.advisor.profile.hash
        for key in {question.key for question in self._left}:
            known = {
                vote.question: vote.snapshot_hash
                for vote in self._office.ledger.votes(key, profile_hash)
            }
            voted |= {
                question
                for question in self._left
                if question.key == key
                and known.get(question) == self._planned.windows[key].at(question.as_of).hash
            }
        return voted


def _chunks(questions: Sequence[Question]) -> Iterator[Sequence[Question]]:
    for start in range(0, len(questions), _QUESTIONS_TOGETHER):
        yield questions[start : start + _QUESTIONS_TOGETHER]
