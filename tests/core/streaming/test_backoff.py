"""How long is waited between attempts."""

from __future__ import annotations

import asyncio
import random
import time

from proratio_core.clock import SystemClock
from proratio_core.errors import RateLimitError, TransientError
from proratio_core.replay import ReplayClock
from proratio_core.streaming.backoff import Backoff, pause
from tests.wire.markets import START


def test_waits_double_up_to_a_minute_and_a_success_starts_over() -> None:
    backoff = Backoff(random.Random(1))
    waits = [backoff.wait_s(TransientError("away")) for _ in range(12)]
    for number, wait_s in enumerate(waits):
        longest_s = min(60.0, 2.0**number)
        assert longest_s / 2 <= wait_s <= longest_s
    backoff.reset()
    assert backoff.wait_s(TransientError("away")) <= 1.0


def test_a_ban_is_waited_out_with_a_margin() -> None:
    error = RateLimitError("banned", retry_after_s=300.0)
    assert Backoff(random.Random(1)).wait_s(error) == 301.0


def test_a_pause_is_measured_by_the_given_clock() -> None:
    began = time.monotonic()
    asyncio.run(pause(ReplayClock(START, speed=600.0), 60.0))
    assert 0.1 <= time.monotonic() - began < 5.0
    asyncio.run(pause(SystemClock(), 0.0))
