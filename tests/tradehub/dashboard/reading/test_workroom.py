"""Long work: done elsewhere, once, and what was found last stays while it is done anew."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from proratio_core.clock import FixedClock
from proratio_tradehub.dashboard.reading.workroom import Work, Workroom
from tests.tradehub.dashboard.reading import jobs

START = datetime(2024, 5, 1, tzinfo=UTC)


def _finished(room: Workroom, key: str, job: Callable[[], Any]) -> Work[Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        work = room.look(key, job, good_s=60)
        if work.since is None:
            return work
        time.sleep(0.05)
    raise AssertionError("the work did not end")


def test_work_is_done_in_another_process_and_kept() -> None:
    clock = FixedClock(START)
    room = Workroom(clock)
    first = room.look("double", partial(jobs.double, 21), good_s=60)
    assert (first.sight.value, first.since) == (None, START)
    done = _finished(room, "double", partial(jobs.double, 21))
    assert (done.sight.value, done.sight.read_at, done.sight.problem) == (42, START, "")
    pid = _finished(room, "pid", jobs.own_pid).sight.value
    assert pid != os.getpid()
    clock.sleep(61)
    again = room.look("pid", jobs.own_pid, good_s=60)
    assert (again.sight.value, again.since) == (pid, clock.now())
    assert _finished(room, "pid", jobs.own_pid).sight.value != pid


def test_error_and_death_are_said() -> None:
    room = Workroom(FixedClock(START))
    assert _finished(room, "complain", jobs.complain).sight.problem == "the votes are not usable"
    assert "ended with 9" in _finished(room, "die", jobs.die).sight.problem


def test_what_nobody_looks_at_is_not_kept_for_ever() -> None:
    room = Workroom(FixedClock(START))
    _finished(room, "first", partial(jobs.double, 1))
    for number in range(24):
        room._bench(number)
    assert room._bench("first").sight.value is None
