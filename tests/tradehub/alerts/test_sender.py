"""Nobody who submits waits; what can get through does, once or more, the urgent first."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import pytest

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError, DataError, RateLimitError, TransientError
from proratio_tradehub.alerts.outbox import Outbox
from proratio_tradehub.alerts.sender import Patience, Sender
from tests.tradehub.alerts.made import ScriptedChannel, eventually, halted, information

AWAY = TransientError("away")
QUICK = Patience(0.001, 0.01, 0.02)


@contextmanager
def sending(channel: ScriptedChannel, **options: object) -> Iterator[Sender]:
    sender = Sender(channel, clock=SystemClock(), **{"patience": QUICK, **options})
    yield sender
    sender.close(0.2)


def test_what_fails_for_a_while_is_sent_once_it_can_be() -> None:
    channel = ScriptedChannel(AWAY, AWAY, ConfigurationError("bot blocked"), AWAY)
    with sending(channel) as sender:
        sender.submit(information("a"))
        eventually(lambda: sender.sent == 1)
    assert channel.attempts == 5
    assert channel.is_closed


def test_a_message_that_is_refused_for_good_holds_up_no_other() -> None:
    channel = ScriptedChannel(DataError("too long"), ValueError("a fault of ours"))
    with sending(channel) as sender:
        for name in "abc":
            sender.submit(information(name))
        eventually(lambda: sender.sent == 2)
    assert [message.title for message in channel.sent][-1] == "⚠ Messages are missing"
    assert "2 could not be sent" in channel.sent[-1].text
    assert sender.lost == 2


def test_while_nothing_gets_through_memory_is_bounded_and_the_halt_goes_first() -> None:
    channel = ScriptedChannel()
    channel.always = AWAY
    with sending(channel, outbox=Outbox(most_news=10)) as sender:
        sender.submit(halted())
        for number in range(1_000):
            sender.submit(information(str(number)))
        assert sender.waiting <= 10
        channel.always = None
        assert sender.close(10)
    assert channel.sent[0].title.startswith("⛔ HALT")
    told = [message for message in channel.sent if message.title != "⚠ Messages are missing"]
    assert len(told) + sender.lost == 1_001
    assert len(told) in {9, 10, 11}  # one more or less was under way when it was full
    assert f"{sender.lost} could not be sent" in next(
        message.text for message in channel.sent if message not in told
    )


def test_submitting_takes_microseconds_whatever_hangs() -> None:
    hung = threading.Event()
    channel = ScriptedChannel()
    channel.send = lambda _: hung.wait(30)  # type: ignore[method-assign, assignment]
    with sending(channel) as sender:
        took_s = []
        for number in range(2_000):
            news = information(str(number))
            began = time.perf_counter()
            sender.submit(news)
            took_s.append(time.perf_counter() - began)
        hung.set()
    assert median(took_s) < 100e-6  # about 5 µs; the machine may be busy


def test_it_waits_as_long_as_it_is_asked_to() -> None:
    channel = ScriptedChannel(RateLimitError("wait", retry_after_s=0.15))
    with sending(channel) as sender:
        began = time.monotonic()
        sender.submit(information("a"))
        eventually(lambda: sender.sent == 1)
        assert time.monotonic() - began >= 0.15


def test_two_messages_keep_the_pace() -> None:
    channel = ScriptedChannel()
    channel.pace_s = 0.1
    with sending(channel) as sender:
        began = time.monotonic()
        for name in "abc":
            sender.submit(information(name))
        eventually(lambda: sender.sent == 3)
        assert time.monotonic() - began >= 0.2


def test_closing_sends_what_waits_and_says_whether_all_went_out() -> None:
    channel = ScriptedChannel(AWAY)
    sender = Sender(channel, clock=SystemClock(), patience=QUICK)
    sender.submit(information("a"))
    assert sender.close(10)
    assert len(channel.sent) == 1
    stuck = ScriptedChannel()
    stuck.always = AWAY
    sender = Sender(stuck, clock=SystemClock(), patience=Patience(60, 60, 60))
    sender.submit(information("a"))
    began = time.monotonic()
    assert not sender.close(0.1)
    assert time.monotonic() - began < 5


def test_a_failure_that_lasts_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    channel = ScriptedChannel(*[AWAY] * 5)
    with caplog.at_level(logging.WARNING), sending(channel) as sender:
        sender.submit(information("a"))
        eventually(lambda: sender.sent == 1)
    assert [record.getMessage() for record in caplog.records] == ["alerts: away; 1 wait"]


def test_patience_doubles_and_a_person_is_given_time() -> None:
    patience = Patience()
    waits = [patience.after(AWAY, failures=count) for count in (1, 2, 3, 7, 500)]
    assert waits == [1, 2, 4, 60, 60]
    assert patience.after(ConfigurationError("x"), failures=1) == 300
    assert patience.after(RateLimitError("x", retry_after_s=7), failures=9) == 7
    assert patience.after(RateLimitError("x"), failures=1) == 1
