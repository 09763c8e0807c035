"""The beat of the loop, measured by a clock that is told the time."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest

from proratio_core.clock import FixedClock
from proratio_tradehub.metrics.pulse import LoopPulse


def test_intervals_are_measured_from_the_second_beat_on() -> None:
    registry, clock = CollectorRegistry(), FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    pulse = LoopPulse(registry, clock)
    assert list(pulse.samples()) == []
    pulse.beat()
    for pause_s in (5.0, 5.0, 20.0):
        clock.sleep(pause_s)
        pulse.beat()
    text = generate_latest(registry).decode()
    assert 'proratio_bot_loop_interval_seconds_bucket{le="5.0"} 2.0' in text
    assert "proratio_bot_loop_interval_seconds_sum 30.0" in text
    began_s = clock.now().timestamp()
    assert list(pulse.samples()) == [("proratio_bot_loop_timestamp_seconds", (), began_s)]
