"""The service on a real PostgreSQL, with voters that count how often they are asked."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import psycopg2

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_signals.cache import VoteCache
from proratio_signals.consult import Advisor
from proratio_signals.health import Condition, Health
from proratio_signals.ledger import Ledger, Origin
from proratio_signals.opinions import Action, Answer
from proratio_signals.panel import Panel
from proratio_signals.queue import Inquiry, QuestionQueue, Reply, State, new_seat, sit_down
from proratio_signals.service import SignalService
from tests.signals.inquiries import inquiry
from tests.signals.samples import BTC, CountingProvider, close_of, panel_profile, said, silent

PROFILE = panel_profile(deadline_s=5.0)
NOW = close_of(240) + timedelta(seconds=3)


def wait_until(done: Callable[[], bool], *, limit_s: float) -> None:
    until = time.monotonic() + limit_s
    while not done():
        assert time.monotonic() < until
        time.sleep(0.02)


class Office:
    """A service with counting voters, its queue, and what it reported."""

    def __init__(self, database: Database, *answers: Answer, delay_s: float = 0.0) -> None:
        given = answers or (said(Action.BUY, 0.9),) * 3
        self.database = database
        self.voters = {
            voter.name: CountingProvider(answer, delay_s=delay_s)
            for voter, answer in zip(PROFILE.voters, given, strict=True)
        }
        self.clock = FixedClock(NOW)
        self.queue = QuestionQueue(database, PROFILE)
        self.ledger = Ledger(database)
        self.reports: list[Health] = []
        self.stop, self.hurry = asyncio.Event(), asyncio.Event()

    def service(self, *, concurrency: int = 8) -> SignalService:
        advisor = Advisor(
            PROFILE,
            Panel(PROFILE, self.voters),
            store=CandleStore(self.database),
            ledger=self.ledger,
            cache=VoteCache(None, secret=b"k" * 32, clock=self.clock),
            clock=self.clock,
        )
        return SignalService(
            self.database,
            advisor,
            clock=self.clock,
            report=self.reports.append,
            concurrency=concurrency,
        )

    def run_until(self, done: Callable[[], bool], *, concurrency: int = 8) -> None:
        """Run the service until `done`, then stop it."""

        async def session() -> None:
            running = asyncio.create_task(
                self.service(concurrency=concurrency).run(self.stop, self.hurry)
            )
            await self.until(done)
            self.stop.set()
            await running

        asyncio.run(session())

    async def until(self, done: Callable[[], bool], *, limit_s: float = 20.0) -> None:
        await asyncio.to_thread(wait_until, done, limit_s=limit_s)

    def reply(self, asked: Inquiry) -> Reply:
        number = self.queue.submit(asked)
        return self.queue.replies([number])[number]

    def is_settled(self, asked: Inquiry) -> bool:
        return self.reply(asked).state not in {State.OPEN, State.CLAIMED}

    @property
    def asked(self) -> list[int]:
        return [len(voter.asked) for voter in self.voters.values()]


def test_question_is_answered_with_a_live_vote_on_the_candles_that_were_sent(
    database: Database,
) -> None:
    office, asked = Office(database), inquiry()
    office.queue.submit(asked)
    office.run_until(lambda: office.is_settled(asked))
    reply = office.reply(asked)
    assert reply.state is State.ANSWERED
    assert reply.vote is not None
    assert reply.vote.action is Action.BUY
    assert reply.vote.origin is Origin.LIVE
    assert reply.vote.available_at == NOW
    assert reply.vote.snapshot_hash == asked.snapshot.hash
    assert office.asked == [1, 1, 1]
    assert CandleStore(database).span(BTC) is None  # what the bot saw is not stored as candles
    assert office.reports[-1].condition is Condition.READY
    assert office.reports[-1].pid == os.getpid()


def test_question_submitted_while_it_runs_is_taken_at_the_notice(database: Database) -> None:
    office, asked = Office(database), inquiry()

    async def session() -> float:
        running = asyncio.create_task(office.service().run(office.stop, office.hurry))
        await office.until(lambda: bool(office.reports))
        began = asyncio.get_running_loop().time()
        await asyncio.to_thread(office.queue.submit, asked)
        await office.until(lambda: office.is_settled(asked))
        took_s = asyncio.get_running_loop().time() - began
        office.stop.set()
        await running
        return took_s

    assert asyncio.run(session()) < 1.5  # it looks by itself every two seconds only


def test_several_questions_are_under_way_at_once_but_not_more_than_allowed(
    database: Database,
) -> None:
    office = Office(database, delay_s=0.2)
    asked = [inquiry(seed=seed) for seed in range(5)]
    for one in asked:
        office.queue.submit(one)
    office.run_until(lambda: all(map(office.is_settled, asked)), concurrency=3)
    assert office.asked == [5, 5, 5]
    assert max(report.under_way for report in office.reports) == 3


def test_stopping_finishes_what_is_under_way_and_takes_nothing_new(database: Database) -> None:
    office = Office(database, delay_s=0.5)
    first, second = inquiry(seed=1), inquiry(seed=2)
    office.queue.submit(first)

    async def session() -> None:
        running = asyncio.create_task(office.service().run(office.stop, office.hurry))
        await office.until(lambda: office.asked == [1, 1, 1])
        office.stop.set()
        await asyncio.to_thread(office.queue.submit, second)
        await running

    asyncio.run(session())
    assert office.reply(first).state is State.ANSWERED
    assert office.reply(second).state is State.OPEN


def test_hurried_it_gives_back_what_is_under_way(database: Database) -> None:
    office, asked = Office(database, delay_s=4.0), inquiry()
    office.queue.submit(asked)

    async def session() -> None:
        running = asyncio.create_task(office.service().run(office.stop, office.hurry))
        await office.until(lambda: office.asked == [1, 1, 1])
        office.stop.set()
        office.hurry.set()
        await asyncio.wait_for(running, 2)

    asyncio.run(session())
    assert office.reply(asked).state is State.OPEN


def test_what_a_killed_service_had_taken_is_answered_once(database: Database) -> None:
    office, asked = Office(database), inquiry()
    office.queue.submit(asked)
    with database.dedicated() as dead:
        seat = new_seat()
        sit_down(dead, seat)
        assert len(office.queue.claim(seat, limit=1, now=NOW)) == 1
    office.run_until(lambda: office.is_settled(asked))
    assert office.asked == [1, 1, 1]
    assert len(office.ledger.votes(BTC, PROFILE.hash)) == 1


def test_answer_recorded_before_the_kill_is_not_asked_for_again(database: Database) -> None:
    office, asked = Office(database), inquiry()
    office.queue.submit(asked)
    office.run_until(lambda: office.is_settled(asked))
    with database.transaction() as cursor:  # as if it was killed before it settled the question
        cursor.execute("UPDATE question SET state = 'claimed', settled_at = NULL")
    again = Office(database)
    again.run_until(lambda: again.is_settled(asked))
    assert again.asked == [0, 0, 0]
    assert again.reply(asked).state is State.ANSWERED


def test_three_questions_without_any_answer_are_safe_mode_and_one_answer_ends_it(
    database: Database,
) -> None:
    office = Office(database, *[silent()] * 3)
    for seed in range(3):
        asked = inquiry(seed=seed)
        office.queue.submit(asked)
    office.run_until(
        lambda: bool(office.reports) and office.reports[-1].condition is Condition.DEGRADED
    )
    reply = office.reply(asked)
    assert reply.state is State.FAILED
    assert "no voter answered" in reply.detail
    assert reply.vote is not None
    assert reply.vote.action is Action.HOLD
    better = Office(database)
    last = inquiry(seed=9)
    better.queue.submit(last)
    better.run_until(
        lambda: better.is_settled(last) and better.reports[-1].condition is Condition.READY
    )
    assert better.reports[0].condition is Condition.DEGRADED


def test_a_hundred_cycles_without_any_provider_are_safe_mode_from_the_third_on(
    database: Database,
) -> None:
    office = Office(database, *[silent()] * 3)
    asked = [inquiry(seed=seed) for seed in range(100)]
    numbers = [office.queue.submit(one) for one in asked]

    def settled() -> bool:
        replies = office.queue.replies(numbers)
        return all(replies[number].state is State.FAILED for number in numbers)

    office.run_until(settled, concurrency=1)

    assert office.asked == [100, 100, 100]
    degraded = [report for report in office.reports if report.condition is Condition.DEGRADED]
    assert min(report.failed for report in degraded) == 3
    assert degraded[-1] is office.reports[-1]
    assert office.queue.is_silent()
    votes = office.ledger.votes(BTC, PROFILE.hash)
    assert {vote.action for vote in votes} == {Action.HOLD}
    assert {vote.participation for vote in votes} == {0.0}


def test_answer_that_comes_too_late_is_kept_and_said_to_be_late(database: Database) -> None:
    office, asked = Office(database, delay_s=0.3), inquiry(valid_for=timedelta(seconds=10))
    office.queue.submit(asked)

    async def session() -> None:
        running = asyncio.create_task(office.service().run(office.stop, office.hurry))
        await office.until(lambda: office.asked == [1, 1, 1])
        office.clock.time += timedelta(seconds=60)
        await office.until(lambda: office.is_settled(asked))
        office.stop.set()
        await running

    asyncio.run(session())
    reply = office.reply(asked)
    assert reply.state is State.EXPIRED
    assert reply.detail == "the answer came 53.0 s after it was of use"
    assert reply.vote is not None


def test_database_away_for_a_while_costs_no_second_call(database: Database) -> None:
    office, asked = Office(database, delay_s=0.5), inquiry()
    office.queue.submit(asked)
    with database.transaction() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone() or ("",)

    async def session(admin: Callable[[str], Awaitable[None]]) -> None:
        running = asyncio.create_task(office.service().run(office.stop, office.hurry))
        await office.until(lambda: office.asked == [1, 1, 1])
        await admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await admin(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        await office.until(lambda: office.reports[-1].condition is Condition.WAITING)
        await asyncio.sleep(1)
        await admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await office.until(lambda: office.is_settled(asked))
        office.stop.set()
        await running

    connection = psycopg2.connect(_maintenance(database))
    connection.autocommit = True

    async def admin(statement: str) -> None:
        with connection.cursor() as cursor:
            await asyncio.to_thread(cursor.execute, statement)

    asyncio.run(session(admin))
    connection.close()
    assert office.reply(asked).state is State.ANSWERED
    assert office.asked == [1, 1, 1]


def _maintenance(database: Database) -> str:
    with database.dedicated() as connection:
        parameters = connection.get_dsn_parameters() | {"dbname": "postgres"}
    return psycopg2.extensions.make_dsn(**parameters)


def test_question_whose_candles_are_damaged_fails_alone(database: Database) -> None:
    office = Office(database)
    damaged, sound = inquiry(seed=1), inquiry(seed=2)
    number = office.queue.submit(damaged)
    with database.transaction() as cursor:
        cursor.execute("UPDATE question SET candles = '\\x00' WHERE id = %s", (number,))
    office.queue.submit(sound)
    office.run_until(lambda: office.is_settled(damaged) and office.is_settled(sound))
    assert "same version of Proratio" in office.reply(damaged).detail
    assert office.reply(sound).state is State.ANSWERED
