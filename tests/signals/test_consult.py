from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.settings import Settings
from proratio_signals.cache import VoteCache
from proratio_signals.consult import Advisor, open_advisor, span_of
from proratio_signals.ledger import Ledger, LedgerVote, Origin
from proratio_signals.opinions import Action
from proratio_signals.panel import Panel
from proratio_signals.profile import load_profile
from proratio_signals.questions import Question
from proratio_signals.snapshot import WINDOW_CANDLES
from tests.signals.samples import (
    BTC,
    CountingProvider,
    candle_frame,
    close_of,
    panel_profile,
    said,
    silent,
)

PROFILE = panel_profile()
QUESTION = Question(BTC, close_of(300))
NOW = QUESTION.as_of + timedelta(seconds=3)


class Office:
    """An advisor with counting voters, on a real database."""

    def __init__(
        self, database: Database, *, now: datetime = NOW, cache: VoteCache | None = None
    ) -> None:
        self.voters = {
            voter.name: CountingProvider(said(Action.BUY, 0.9)) for voter in PROFILE.voters
        }
        self.clock = FixedClock(now)
        self.ledger = Ledger(database)
        self.cache = cache or VoteCache(None, secret=b"k" * 32, clock=self.clock)
        self.store = CandleStore(database)

    def run(self, act: Callable[[Advisor], Awaitable[LedgerVote]]) -> LedgerVote:
        async def session() -> LedgerVote:
            panel = Panel(PROFILE, self.voters)
            advisor = Advisor(
                PROFILE,
                panel,
                store=self.store,
                ledger=self.ledger,
                cache=self.cache,
                clock=self.clock,
            )
            return await act(advisor)

        return asyncio.run(session())

    def decide(self, question: Question = QUESTION, origin: Origin = Origin.LIVE) -> LedgerVote:
        return self.run(lambda advisor: advisor.decide(question, origin=origin))

    @property
    def asked(self) -> list[int]:
        return [len(voter.asked) for voter in self.voters.values()]


@pytest.fixture
def stocked(database: Database) -> Database:
    CandleStore(database).write(BTC, candle_frame(320))
    return database


def test_new_question_is_asked_recorded_and_cached(stocked: Database) -> None:
    office = Office(stocked)

    vote = office.decide()

    assert office.asked == [1, 1, 1]
    assert vote.action is Action.BUY
    assert office.ledger.find(QUESTION, PROFILE.hash) == vote
    assert office.cache.get(QUESTION, PROFILE.hash) == vote


def test_each_voter_gets_the_prompt_of_its_role(stocked: Database) -> None:
    office = Office(stocked)
    vote = office.decide()

    roles = [voter.asked[0].role for voter in office.voters.values()]

    assert roles == ["technical", "risk", "sentiment"]
    recorded = [ballot.prompt_hash for ballot in office.ledger.ballots(vote.id)]
    assert recorded == [voter.asked[0].hash for voter in office.voters.values()]


def test_answered_question_is_never_asked_again(stocked: Database) -> None:
    first = Office(stocked).decide()
    restarted = Office(stocked)

    assert restarted.decide() == first
    assert restarted.decide() == first
    assert restarted.asked == [0, 0, 0]


def test_same_question_many_times_at_once_is_asked_once(stocked: Database) -> None:
    office = Office(stocked)
    for voter in office.voters.values():
        voter.delay_s = 0.05

    async def crowd(advisor: Advisor) -> LedgerVote:
        votes = await asyncio.gather(
            *(advisor.decide(QUESTION, origin=Origin.LIVE) for _ in range(10))
        )
        assert len(set(votes)) == 1
        return votes[0]

    office.run(crowd)

    assert office.asked == [1, 1, 1]


def test_corrected_candles_are_a_new_attempt(stocked: Database) -> None:
    first = Office(stocked).decide()
    corrected = candle_frame(320)
    corrected.loc[290, "volume"] += 1
    CandleStore(stocked).write(BTC, corrected)
    office = Office(stocked)
    office.cache.put(first)

    second = office.decide()

    assert office.asked == [1, 1, 1]
    assert (first.attempt, second.attempt) == (1, 2)
    assert second.snapshot_hash != first.snapshot_hash


def test_later_candles_do_not_reopen_a_question(stocked: Database) -> None:
    first = Office(stocked).decide()
    CandleStore(stocked).write(BTC, candle_frame(400))
    office = Office(stocked, now=close_of(399))

    assert office.decide() == first
    assert office.asked == [0, 0, 0]


def test_live_answer_is_available_when_it_came(stocked: Database) -> None:
    assert Office(stocked).decide(origin=Origin.LIVE).available_at == NOW


def test_backfilled_answer_is_available_after_the_panels_latency(stocked: Database) -> None:
    office = Office(stocked, now=close_of(319))
    slowest = list(office.voters.values())[1]
    slowest.answer = silent()  # one second, the others half

    vote = office.decide(origin=Origin.BACKFILL)

    assert vote.available_at == QUESTION.as_of + timedelta(seconds=1)
    assert vote.degraded
    assert vote.action is Action.HOLD


def test_candle_that_has_not_closed_is_refused_and_nobody_asked(stocked: Database) -> None:
    office = Office(stocked, now=QUESTION.as_of - timedelta(seconds=1))

    with pytest.raises(DataError, match="has not closed yet"):
        office.decide()
    assert office.asked == [0, 0, 0]


def test_gap_in_the_window_is_refused_and_nobody_asked(database: Database) -> None:
    CandleStore(database).write(BTC, candle_frame(320).drop(index=250))
    office = Office(database)

    with pytest.raises(DataError, match="no signal across a gap"):
        office.decide()
    assert office.asked == [0, 0, 0]


def test_span_is_the_window_before_the_first_to_the_last(stocked: Database) -> None:
    span = span_of(QUESTION, QUESTION)

    assert len(CandleStore(stocked).read(BTC, span)) == WINDOW_CANDLES


def test_installed_offline_profile_answers_without_any_key(
    stocked: Database, tmp_path: Path
) -> None:
    settings = Settings(PRORATIO_USER_DATA=tmp_path)

    async def ask() -> LedgerVote:
        profile = load_profile("offline")
        async with open_advisor(settings, stocked, profile, clock=FixedClock(NOW)) as advisor:
            return await advisor.decide(QUESTION, origin=Origin.LIVE)

    vote = asyncio.run(ask())

    assert not vote.degraded
    models = {ballot.answer.served_model for ballot in Ledger(stocked).ballots(vote.id)}
    assert models == {"rules-technical-1", "rules-risk-1", "rules-sentiment-1"}
