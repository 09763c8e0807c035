"""A trial says of every message what became of it."""

from __future__ import annotations

from proratio_core.clock import FixedClock
from proratio_core.errors import ConfigurationError, DataError, RateLimitError, TransientError
from proratio_tradehub.alerts.trial import try_out
from tests.tradehub.alerts.made import NOON, ScriptedChannel, failure, halted, information

NEWS = (halted(), failure(), information("a"))


def test_what_arrives_is_said_and_the_pace_kept() -> None:
    clock, channel = FixedClock(NOON), ScriptedChannel()
    channel.pace_s = 1.0
    deliveries = list(try_out(channel, NEWS, clock=clock))
    assert [delivery.failure for delivery in deliveries] == [None] * 3
    assert deliveries[0].subject == "[LIVE] ⛔ HALT: no entries until a person resumes"
    assert clock.slept_s == [1.0] * 3


def test_a_refusal_of_one_message_does_not_end_it() -> None:
    channel = ScriptedChannel(DataError("too long"))
    failures = [one.failure for one in try_out(channel, NEWS, clock=FixedClock(NOON))]
    assert [type(failure) for failure in failures] == [DataError, type(None), type(None)]


def test_what_would_meet_every_message_ends_it() -> None:
    for error in (ConfigurationError("blocked"), TransientError("away")):
        channel = ScriptedChannel(error)
        (only,) = try_out(channel, NEWS, clock=FixedClock(NOON))
        assert only.failure is error


def test_a_wait_that_is_asked_for_is_kept_once_and_a_long_one_reported() -> None:
    clock = FixedClock(NOON)
    channel = ScriptedChannel(RateLimitError("wait", retry_after_s=7))
    assert next(try_out(channel, NEWS, clock=clock)).failure is None
    assert clock.slept_s == [7]
    for waits in ((3_600,), (1, 1), (None,)):
        channel = ScriptedChannel(*[RateLimitError("wait", retry_after_s=s) for s in waits])
        (only,) = try_out(channel, NEWS, clock=FixedClock(NOON))
        assert isinstance(only.failure, RateLimitError)
