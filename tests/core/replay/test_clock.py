"""The replay's clock starts where it is told and runs at its speed."""

from __future__ import annotations

import time
from datetime import timedelta

from proratio_core.replay import MovedClock, ReplayClock
from tests.wire.markets import START


def test_it_starts_at_the_chosen_moment_and_runs_faster_than_the_wall() -> None:
    clock = ReplayClock(START, speed=3_600)
    assert START <= clock.now() < START + timedelta(hours=1)
    began = time.monotonic()
    clock.sleep(360)
    assert 0.09 < time.monotonic() - began < 1
    assert clock.now() >= START + timedelta(minutes=6)
    assert clock.monotonic() >= 360


def test_a_moved_clock_counts_the_time_the_process_believes_in() -> None:
    clock = MovedClock()
    began = time.monotonic()
    clock.sleep(3_600)

    assert time.monotonic() - began < 60
    assert abs(clock.monotonic() - clock.now().timestamp()) < 1
