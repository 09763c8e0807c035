from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, TransientError
from proratio_core.settings import Settings
from proratio_signals.backfill import BackfillReport, backfill, plan
from proratio_signals.cache import VoteCache
from proratio_signals.consult import Advisor
from proratio_signals.ledger import Decision, Ledger, LedgerVote
from proratio_signals.opinions import AbstentionKind, Action, Answer
from proratio_signals.panel import Panel
from proratio_signals.profile import Limit, Profile, load_profile
from proratio_signals.prompts import Prompt
from proratio_signals.providers.registry import create_providers
from proratio_signals.questions import Question
from tests.signals.samples import (
    BTC,
    ETH,
    CountingProvider,
    candle_frame,
    close_of,
    panel_profile,
    said,
    silent,
)

PROFILE = panel_profile()
QUESTIONS = [Question(key, close_of(index)) for key in (BTC, ETH) for index in range(260, 280)]
COUNT = 400


def stock(database: Database) -> None:
    store = CandleStore(database)
    store.write(BTC, candle_frame(COUNT))
    store.write(ETH, candle_frame(COUNT, seed=2))


def advisor_for(
    database: Database, providers: dict[str, CountingProvider], profile: Profile = PROFILE
) -> Advisor:
    clock = FixedClock(close_of(COUNT))
    return Advisor(
        profile,
        Panel(profile, providers),
        store=CandleStore(database),
        ledger=Ledger(database),
        cache=VoteCache(None, secret=b"k" * 32, clock=clock),
        clock=clock,
    )


def voters(answer: Answer | None = None) -> dict[str, CountingProvider]:
    answer = answer or said(Action.BUY, 0.9)
    return {voter.name: CountingProvider(answer) for voter in PROFILE.voters}


def run(
    database: Database,
    providers: dict[str, CountingProvider],
    questions: Sequence[Question] = QUESTIONS,
    *,
    ledger: Ledger | None = None,
    retry_degraded: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> BackfillReport:
    async def session() -> BackfillReport:
        return await backfill(
            questions,
            advisor_for(database, providers),
            ledger or Ledger(database),
            retry_degraded=retry_degraded,
            progress=progress,
        )

    return asyncio.run(session())


@pytest.fixture
def stocked(database: Database) -> Database:
    stock(database)
    return database


def test_every_question_is_asked_once_and_recorded(stocked: Database) -> None:
    panel = voters()
    steps: list[tuple[int, int]] = []

    report = run(stocked, panel, [*QUESTIONS, *QUESTIONS[:5]], progress=lambda *s: steps.append(s))

    assert (report.questions, report.asked, report.answered_before) == (40, 40, 0)
    assert [len(voter.asked) for voter in panel.values()] == [40, 40, 40]
    assert report.cost_usd == pytest.approx(40 * 3 * 0.001)
    assert steps[-1] == (40, 40)
    for key in (BTC, ETH):
        assert len(Ledger(stocked).votes(key, PROFILE.hash)) == 20


def test_second_run_asks_nothing(stocked: Database) -> None:
    run(stocked, voters())
    panel = voters()

    report = run(stocked, panel)

    assert (report.answered_before, report.asked) == (40, 0)
    assert all(not voter.asked for voter in panel.values())


def test_no_voter_waits_for_its_turn_where_the_profile_sets_few(stocked: Database) -> None:
    @dataclass
    class Crowded(CountingProvider):
        at_once: int = 0
        most: int = 0

        async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            answer = await super().ask(prompt, deadline_s=deadline_s)
            self.at_once -= 1
            return answer

    few = panel_profile(limits=(Limit(provider="counting", at_once=7),))  # three seats of it
    panel = {voter.name: Crowded(said(Action.BUY, 0.9), delay_s=0.01) for voter in few.voters}
    advisor = advisor_for(stocked, dict(panel), few)

    report = asyncio.run(backfill(QUESTIONS, advisor, Ledger(stocked), concurrency=32))

    assert report.asked == 40
    assert sum(provider.most for provider in panel.values()) <= 7


def test_plan_counts_without_asking(stocked: Database) -> None:
    panel = voters()
    run(stocked, voters(), QUESTIONS[:7])

    planned = plan(QUESTIONS, advisor_for(stocked, panel), Ledger(stocked))

    assert (planned.questions, planned.answered_before, len(planned.open)) == (40, 7, 33)
    assert all(not voter.asked for voter in panel.values())


def test_questions_over_a_gap_are_refused_with_the_reason(database: Database) -> None:
    CandleStore(database).write(BTC, candle_frame(COUNT).drop(index=350))
    questions = [Question(BTC, close_of(index)) for index in (100, 300, 350, 360)]

    report = run(database, voters(), questions)

    assert report.asked == 1
    reasons = " | ".join(refusal.reason for refusal in report.refused)
    assert "a snapshot needs 240" in reasons
    assert "no candle closes at" in reasons
    assert "no signal across a gap" in reasons


def test_changed_candles_open_their_questions_again(stocked: Database) -> None:
    run(stocked, voters())
    changed = candle_frame(COUNT)
    changed.loc[275, "volume"] += 1
    CandleStore(stocked).write(BTC, changed)

    report = run(stocked, voters())

    assert report.asked == 5  # BTC at 275 to 279


def test_degraded_votes_are_asked_again_only_on_request(stocked: Database) -> None:
    panel = voters()
    panel["voter-risk"].answer = silent()
    first = run(stocked, panel, QUESTIONS[:4])

    again = run(stocked, voters(), QUESTIONS[:4])
    retried = run(stocked, voters(), QUESTIONS[:4], retry_degraded=True)

    assert (first.degraded, again.asked, retried.asked, retried.degraded) == (4, 0, 4, 0)


def test_rejected_key_stops_before_anything_is_recorded(stocked: Database) -> None:
    panel = voters()
    panel["voter-risk"].answer = silent(AbstentionKind.AUTHENTICATION)

    with pytest.raises(ConfigurationError, match="does not accept the key for voter-risk"):
        run(stocked, panel)
    assert Ledger(stocked).votes(BTC, PROFILE.hash) == ()
    assert len(panel["voter-risk"].asked) <= 8


def test_outage_stops_the_run_and_keeps_what_was_said(stocked: Database) -> None:
    panel = voters(silent(AbstentionKind.CONNECTION))

    with pytest.raises(TransientError, match="no voter answered the last 5 questions"):
        run(stocked, panel)
    assert 5 <= len(panel["voter-risk"].asked) < 40
    assert len(Ledger(stocked).votes(BTC, PROFILE.hash)) >= 5


def test_answers_that_came_before_an_interruption_are_kept(stocked: Database) -> None:
    class InterruptingLedger(Ledger):
        """Takes its time, so that answers gather, then the user presses Ctrl-C."""

        def record(self, decisions: Sequence[Decision], profile: Profile) -> tuple[LedgerVote, ...]:
            time.sleep(0.1)
            return super().record(decisions, profile)

    panel = voters()

    async def interrupted() -> None:
        task = asyncio.create_task(
            backfill(QUESTIONS, advisor_for(stocked, panel), InterruptingLedger(stocked))
        )
        await asyncio.sleep(0.25)  # two slow commits have begun
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(interrupted())

    asked = {prompt.snapshot.as_of for prompt in panel["voter-risk"].asked}
    kept = {vote.question.as_of for vote in Ledger(stocked).votes(BTC, PROFILE.hash)}
    under_way = 8  # one a worker: asked, and not yet handed to the writer
    assert kept <= asked
    assert under_way <= len(kept)
    assert len(asked - kept) <= under_way


def _label(question: Question) -> str:
    return f"{question.key.pair} {question.as_of.isoformat()}"


_KILLED = """
import asyncio, sys
from pathlib import Path
from proratio_core.database import Database
from proratio_signals.backfill import backfill
from proratio_signals.ledger import Ledger
from tests.signals.samples import CountingProvider, said
from tests.signals.test_backfill import QUESTIONS, PROFILE, advisor_for
from proratio_signals.opinions import Action

class Writing(CountingProvider):
    async def ask(self, prompt, *, deadline_s):
        with open(sys.argv[2], "a") as log:
            log.write(f"{prompt.snapshot.key.pair} {prompt.snapshot.as_of.isoformat()}\\n")
        await asyncio.sleep(0.02)
        return self.answer

database = Database(sys.argv[1])
panel = {v.name: Writing(said(Action.BUY, 0.9)) for v in PROFILE.voters}
asyncio.run(backfill(QUESTIONS, advisor_for(database, panel), Ledger(database), concurrency=2))
"""


def test_killed_run_resumes_without_asking_recorded_questions_twice(
    database_url: str, tmp_path: Path
) -> None:
    database = Database(database_url)
    stock(database)
    log = tmp_path / "asked"
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, database_url, str(log)],
        cwd=Path(__file__).parents[2],
    )
    ledger = Ledger(database)
    while len(ledger.votes(BTC, PROFILE.hash)) < 6:
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    asked_before = set(log.read_text().split("\n")) - {""}
    before = [*ledger.votes(BTC, PROFILE.hash), *ledger.votes(ETH, PROFILE.hash)]
    panel = voters()

    report = run(database, panel)

    assert report.answered_before == len(before) >= 6
    assert report.answered_before + report.asked == 40
    recorded_before = {_label(vote.question) for vote in before}
    asked_again = {
        _label(Question(prompt.snapshot.key, prompt.snapshot.as_of))
        for prompt in panel["voter-risk"].asked
    }
    assert not asked_again & recorded_before
    assert len(asked_before - recorded_before) <= 2  # what was under way, one a worker
    votes = [*ledger.votes(BTC, PROFILE.hash), *ledger.votes(ETH, PROFILE.hash)]
    assert {vote.attempt for vote in votes} == {1}
    assert len(votes) == 40
    database.close()


def test_rules_answer_thousands_of_questions_in_seconds(database: Database) -> None:
    CandleStore(database).write(BTC, candle_frame(1_300))
    profile = load_profile("offline")
    questions = [Question(BTC, close_of(index)) for index in range(250, 1_250)]
    clock = FixedClock(close_of(1_300))

    async def session() -> BackfillReport:
        panel = Panel(profile, create_providers(profile, Settings()))
        advisor = Advisor(
            profile,
            panel,
            store=CandleStore(database),
            ledger=Ledger(database),
            cache=VoteCache(None, secret=b"k" * 32, clock=clock),
            clock=clock,
        )
        return await backfill(questions, advisor, Ledger(database), concurrency=64)

    started = time.perf_counter()
    report = asyncio.run(session())

    assert report.asked == 1_000
    assert time.perf_counter() - started < 10
