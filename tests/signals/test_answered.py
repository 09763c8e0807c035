from __future__ import annotations

import asyncio
from datetime import timedelta

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_signals.answered import Answered
from proratio_signals.ledger import Ledger
from proratio_signals.opinions import Action
from proratio_signals.questions import Question
from proratio_signals.records import Decision, Origin
from proratio_signals.snapshot import take_snapshot
from proratio_signals.vote import tally
from tests.signals.samples import (
    BTC,
    ETH,
    STRICT,
    ballots,
    candle_frame,
    close_of,
    panel_profile,
    said,
)

PROFILE = panel_profile()
QUESTIONS = [Question(BTC, close_of(index)) for index in (260, 261, 290)]


def decision(question: Question, *, seed: int = 1) -> Decision:
    snapshot = take_snapshot(candle_frame(300, seed=seed), question.key, question.as_of)
    votes = ballots(*[said(Action.BUY, 0.9)] * 3)
    consensus = tally(votes, threshold=0.6, quorum=STRICT)
    return Decision(question, snapshot, consensus, Origin.BACKFILL, question.as_of)


def has(answered: Answered, decision: Decision) -> bool:
    return asyncio.run(answered.has(decision.question, decision.snapshot))


def test_what_others_record_is_known_a_second_later(database: Database) -> None:
    clock, ledger = FixedClock(close_of(300)), Ledger(database)
    answered = Answered(ledger, PROFILE.hash, [*QUESTIONS, Question(ETH, close_of(5))], clock=clock)
    first, second, third = map(decision, QUESTIONS)
    ledger.record([first, third], PROFILE)

    assert [has(answered, given) for given in (first, second, third)] == [True, False, True]

    ledger.record([second], PROFILE)
    assert not has(answered, second)
    clock.time += timedelta(seconds=1)
    assert has(answered, second)


def test_an_answer_for_other_candles_is_none(database: Database) -> None:
    ledger = Ledger(database)
    ledger.record([decision(QUESTIONS[0])], PROFILE)
    answered = Answered(ledger, PROFILE.hash, QUESTIONS, clock=FixedClock(close_of(300)))

    assert not has(answered, decision(QUESTIONS[0], seed=2))


def test_only_the_latest_attempt_counts(database: Database) -> None:
    ledger = Ledger(database)
    ledger.record([decision(QUESTIONS[0], seed=2)], PROFILE)
    ledger.record([decision(QUESTIONS[0])], PROFILE)
    answered = Answered(ledger, PROFILE.hash, QUESTIONS, clock=FixedClock(close_of(300)))

    assert has(answered, decision(QUESTIONS[0]))
    assert not has(answered, decision(QUESTIONS[0], seed=2))
