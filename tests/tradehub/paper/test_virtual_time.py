from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from proratio_core.replay import MovedClock
from proratio_tradehub.paper.virtual_time import virtual_time

START = datetime(2025, 3, 1, tzinfo=UTC)


def test_time_stands_still_until_some_is_let_pass() -> None:
    clock = MovedClock()
    with virtual_time(START) as hand:
        assert hand.now == clock.now() == datetime.now(UTC) == START
        began_s = clock.monotonic()
        hand.pass_s(60.0)
        assert clock.now() == START + timedelta(minutes=1)
        assert clock.monotonic() - began_s == 60.0
        hand.pass_s(0.0)
        assert hand.now > START + timedelta(minutes=1)
        assert hand.loops == 2
    assert datetime.now(UTC).year > 2025


def test_the_machines_monotonic_time_goes_on() -> None:
    with virtual_time(START):
        began_s = time.monotonic()
        time.sleep(0.01)
        assert time.monotonic() > began_s
