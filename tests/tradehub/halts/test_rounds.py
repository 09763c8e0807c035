"""Rounds are made again and again; one that fails says so and hurts nobody."""

from __future__ import annotations

import threading

import pytest

from proratio_core.database import Database
from proratio_core.errors import ProratioError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.halts.rounds import Rounds


class Heard:
    """Failures that were reported."""

    def __init__(self) -> None:
        self.errors: list[ProratioError] = []

    def __call__(self, error: ProratioError) -> None:
        self.errors.append(error)


def test_each_round_does_every_duty_until_it_is_over(database_url: str) -> None:
    heard, thrice = Heard(), threading.Semaphore(0)
    names: list[str] = []

    def first(_: Database) -> None:
        names.append("first")

    def second(database: Database) -> None:
        names.append("second")
        with database.transaction() as cursor:
            cursor.execute("SELECT 1")
        thrice.release()

    rounds = Rounds(
        Settings(DATABASE_URL=database_url), [first, second], on_failure=heard, round_s=0.01
    )
    for _ in range(3):
        assert thrice.acquire(timeout=20)
    rounds.close()
    rounds.join(20)
    assert names[:4] == ["first", "second"] * 2
    assert not heard.errors
    assert rounds.wait_for_first(0)


def test_what_is_to_be_done_at_the_end_is_done_once_also_without_a_database() -> None:
    ended: list[str] = []
    rounds = Rounds(
        Settings(DATABASE_URL="postgresql://x@127.0.0.1:1/x"),
        [],
        on_failure=Heard(),
        at_end=[lambda: ended.append("seat"), lambda: ended.append("record")],
    )
    assert rounds.wait_for_first(20)
    assert ended == []
    rounds.close()
    rounds.join(20)
    assert sorted(ended) == ["record", "seat"]


def test_hastening_does_not_wait_for_the_next_round(database_url: str) -> None:
    done = threading.Semaphore(0)
    rounds = Rounds(
        Settings(DATABASE_URL=database_url),
        [lambda _: done.release()],
        on_failure=Heard(),
        round_s=3_600,
    )
    assert done.acquire(timeout=20)
    rounds.hasten()
    assert done.acquire(timeout=20)
    rounds.close()
    rounds.join(20)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_failures_of_any_kind_are_reported_and_the_next_round_is_made(database_url: str) -> None:
    heard, done = Heard(), threading.Semaphore(0)
    faults = [TransientError("away"), ZeroDivisionError("ours"), None]

    def duty(_: Database) -> None:
        fault = faults.pop(0) if len(faults) > 1 else None
        if fault is not None:
            raise fault
        done.release()

    rounds = Rounds(Settings(DATABASE_URL=database_url), [duty], on_failure=heard, round_s=0.01)
    assert done.acquire(timeout=20)
    rounds.close()
    rounds.join(20)
    assert [str(error) for error in heard.errors] == [
        "away",
        "a round failed unexpectedly: ZeroDivisionError('ours')",
    ]


def test_a_database_that_is_away_is_reported_not_raised() -> None:
    heard = Heard()
    rounds = Rounds(
        Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"),
        [lambda _: None],
        on_failure=heard,
        round_s=3_600,
    )
    assert rounds.wait_for_first(20)
    rounds.close()
    rounds.join(20)
    assert "cannot be reached" in str(heard.errors[0])
