"""Questions in a real PostgreSQL: added once, taken by one, never lost with who took them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_signals.ledger import Decision, Ledger, Origin
from proratio_signals.opinions import Action
from proratio_signals.queue import Claim, QuestionQueue, State, new_seat, sit_down
from proratio_signals.vote import tally
from tests.signals.inquiries import inquiry
from tests.signals.samples import ballots, close_of, panel_profile, said

PROFILE = panel_profile()
SEAT = 7
SOON = close_of(240) + timedelta(seconds=5)


@pytest.fixture
def queue(database: Database) -> QuestionQueue:
    return QuestionQueue(database, PROFILE)


def take(queue: QuestionQueue, *, seat: int = SEAT, limit: int = 9) -> tuple[Claim, ...]:
    return queue.claim(seat, limit=limit, now=SOON)


def test_submitting_twice_is_one_question(queue: QuestionQueue) -> None:
    asked = inquiry()
    assert queue.submit(asked) == queue.submit(asked) > 0
    (claim,) = take(queue)
    assert claim.question == asked.question
    assert claim.valid_until == asked.valid_until
    assert claim.snapshot() == asked.snapshot


def test_two_bots_that_saw_other_candles_ask_two_questions(queue: QuestionQueue) -> None:
    mine, yours = inquiry(seed=1), inquiry(seed=2)
    assert mine.question == yours.question
    assert queue.submit(mine) != queue.submit(yours)
    assert {claim.snapshot().hash for claim in take(queue)} == {
        mine.snapshot.hash,
        yours.snapshot.hash,
    }


def test_questions_of_another_profile_are_not_taken(
    queue: QuestionQueue, database: Database
) -> None:
    QuestionQueue(database, panel_profile(threshold=0.7)).submit(inquiry())
    assert take(queue) == ()


def test_eight_services_at_once_take_each_question_once(
    queue: QuestionQueue, database: Database
) -> None:
    for seed in range(24):
        queue.submit(inquiry(seed=seed))
    seats = [new_seat() for _ in range(8)]

    def work(seat: int) -> list[int]:
        own = QuestionQueue(database, PROFILE)
        with database.dedicated() as connection:
            sit_down(connection, seat)
            taken = [claim for _ in range(6) for claim in take(own, seat=seat, limit=1)]
            for claim in taken:
                own.settle(claim, State.ANSWERED, now=SOON)
        return [claim.id for claim in taken]

    with ThreadPoolExecutor(8) as pool:
        ids = [number for taken in pool.map(work, seats) for number in taken]
    assert len(ids) == len(set(ids)) == 24


def test_what_a_living_service_took_stays_its_own(queue: QuestionQueue, database: Database) -> None:
    queue.submit(inquiry())
    with database.dedicated() as connection:
        sit_down(connection, SEAT)
        assert len(take(queue)) == 1
        assert take(queue, seat=SEAT + 1) == ()


def test_what_a_dead_service_took_is_free_again(queue: QuestionQueue, database: Database) -> None:
    queue.submit(inquiry())
    with database.dedicated() as connection:
        sit_down(connection, SEAT)
        (first,) = take(queue)
    until = time.monotonic() + 5  # the server notices the end of a session some moments later
    while not (taken := take(queue, seat=SEAT + 1)):
        assert time.monotonic() < until
    assert taken == (first,)


def test_service_shares_the_seat_with_its_lost_connection(database: Database) -> None:
    with database.dedicated() as old, database.dedicated() as new:
        sit_down(old, SEAT)
        sit_down(new, SEAT)


def test_question_that_is_no_longer_of_use_expires_untaken(queue: QuestionQueue) -> None:
    number = queue.submit(inquiry(valid_for=timedelta(seconds=5)))
    assert take(queue) == ()
    reply = queue.replies([number])[number]
    assert reply.state is State.EXPIRED
    assert "nobody answered" in reply.detail
    assert reply.vote is None


def test_released_question_is_taken_again(queue: QuestionQueue) -> None:
    queue.submit(inquiry())
    claims = take(queue)
    queue.release(claims)
    assert take(queue) == claims


def test_reply_carries_the_vote_on_the_candles_that_were_sent(
    queue: QuestionQueue, database: Database
) -> None:
    mine, yours = inquiry(seed=1), inquiry(seed=2)
    numbers = [queue.submit(mine), queue.submit(yours)]
    consensus = tally(ballots(*[said(Action.BUY, 0.9)] * 3), threshold=0.6, quorum=PROFILE.quorum)
    decision = Decision(mine.question, mine.snapshot, consensus, Origin.LIVE, SOON)
    (vote,) = Ledger(database).record((decision,), PROFILE)
    for claim in take(queue):
        if claim.snapshot() == mine.snapshot:
            queue.settle(claim, State.ANSWERED, now=SOON)
    replies = queue.replies(numbers)
    assert replies[numbers[0]].vote == vote
    assert replies[numbers[0]].state is State.ANSWERED
    assert replies[numbers[1]].vote is None
    assert replies[numbers[1]].state is State.CLAIMED


def test_three_questions_without_an_answer_are_silence_until_one_is_answered(
    queue: QuestionQueue,
) -> None:
    states = [State.ANSWERED, *[State.FAILED] * 3, State.EXPIRED, State.ANSWERED]
    silences = []
    for seed, state in enumerate(states):
        queue.submit(inquiry(seed=seed))
        (claim,) = take(queue)
        queue.settle(claim, state, now=SOON + timedelta(seconds=seed))
        silences.append(queue.is_silent())
    assert silences == [False, False, False, True, True, False]


def test_candles_that_do_not_give_their_hash_are_refused(queue: QuestionQueue) -> None:
    queue.submit(inquiry())
    (claim,) = take(queue)
    for damaged in (claim.candles[:-8], b"\0" * len(claim.candles)):
        with pytest.raises(DataError, match="same version of Proratio"):
            replace(claim, candles=damaged).snapshot()
