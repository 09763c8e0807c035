"""The real python-telegram-bot over HTTP against a server that speaks Telegram's Bot API."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from proratio_core.clock import SystemClock
from proratio_core.errors import (
    ConfigurationError,
    DataError,
    ProratioError,
    RateLimitError,
    TransientError,
)
from proratio_tradehub.alerts.messages import message_of
from proratio_tradehub.alerts.news import WeeklyReport
from proratio_tradehub.alerts.outbox import Outbox
from proratio_tradehub.alerts.samples import sample_chart_png, samples
from proratio_tradehub.alerts.sender import Patience, Sender
from proratio_tradehub.alerts.telegram import TelegramChannel
from tests.tradehub.alerts.made import NOON, eventually, failure, halted, information
from tests.wire.fake_telegram import CHAT_ID, TOKEN, FakeTelegram, Fault


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as server:
        yield server


@pytest.fixture
def channel(fake: FakeTelegram) -> Iterator[TelegramChannel]:
    channel = TelegramChannel(SecretStr(TOKEN), CHAT_ID, url=fake.url, timeout_s=2.0)
    yield channel
    channel.close()


def test_every_kind_of_message_is_accepted_as_it_was_written(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    news = samples(NOON)
    for one in news:
        channel.send(message_of(one))
    assert [sent.html for sent in fake.sent] == [message_of(one).html for one in news]
    assert [sent.picture for sent in fake.sent if sent.picture] == [sample_chart_png()]
    assert isinstance(news[-1], WeeklyReport)
    assert set(fake.calls) == {"sendMessage", "sendPhoto"}  # it never polls


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (Fault.FLOOD, RateLimitError, "asks to wait 1 s"),
        (Fault.UNAUTHORIZED, ConfigurationError, "PRORATIO_TELEGRAM_TOKEN"),
        (Fault.BLOCKED, ConfigurationError, "press Start or unblock the bot"),
        (Fault.NO_CHAT, ConfigurationError, "PRORATIO_TELEGRAM_CHAT_ID is your number"),
        (Fault.MIGRATED, ConfigurationError, "set PRORATIO_TELEGRAM_CHAT_ID=-1001234"),
        (Fault.REFUSED, DataError, "Message is too long"),
        (Fault.BROKEN, TransientError, "Internal Server Error"),
        (Fault.GATEWAY, TransientError, "Bad Gateway"),
        (Fault.RESET, TransientError, "Telegram failed"),
    ],
)
def test_each_refusal_says_what_a_person_can_do(
    fake: FakeTelegram, channel: TelegramChannel, fault: Fault, kind: type[ProratioError], said: str
) -> None:
    fake.faults.append(fault)
    with pytest.raises(kind, match=said) as caught:
        channel.send(message_of(failure()))
    assert type(caught.value) is kind
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None
    channel.send(message_of(failure()))  # the next one gets through
    assert len(fake.sent) == 1


def test_the_wait_that_telegram_asks_for_is_known(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    fake.retry_after_s = 17
    fake.faults.append(Fault.FLOOD)
    with pytest.raises(RateLimitError) as caught:
        channel.send(message_of(failure()))
    assert caught.value.retry_after_s == 17


def test_a_server_that_never_answers_is_left_after_the_time_limit(fake: FakeTelegram) -> None:
    fake.always = Fault.SILENT
    channel = TelegramChannel(SecretStr(TOKEN), CHAT_ID, url=fake.url, timeout_s=0.2)
    began = time.monotonic()
    with pytest.raises(TransientError, match=r"did not answer within 0\.2 s"):
        channel.send(message_of(failure()))
    assert time.monotonic() - began < 5
    channel.close()


def test_nobody_listening_is_said_with_the_address() -> None:
    channel = TelegramChannel(SecretStr(TOKEN), CHAT_ID, url="http://127.0.0.1:1")
    with pytest.raises(TransientError, match=r"at http://127.0.0.1:1: .*PRORATIO_TELEGRAM_URL"):
        channel.send(message_of(failure()))
    channel.close()


def test_groups_are_written_to_more_slowly() -> None:
    paces = {}
    for chat in ("4711", "-100123", "@desk"):
        channel = TelegramChannel(SecretStr(TOKEN), chat)
        paces[chat] = channel.pace_s
        channel.close()
    assert paces == {"4711": 1.0, "-100123": 3.0, "@desk": 3.0}


def test_the_token_is_in_no_log_even_when_everything_is_logged(
    fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    secret = failure("canary-message")
    with caplog.at_level(logging.DEBUG):
        channel = TelegramChannel(SecretStr(TOKEN), CHAT_ID, url=fake.url, timeout_s=0.3)
        for fault in (*Fault, None):
            fake.always = fault
            try:
                channel.send(message_of(secret))
            except ProratioError as error:
                logging.getLogger("a test").error("it failed", exc_info=error)
        channel.close()
    assert len(fake.calls) >= len(Fault)
    assert "it failed" in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text
    assert "canary-message" not in caplog.text


def _sender(fake: FakeTelegram, **options: object) -> Sender:
    channel = TelegramChannel(SecretStr(TOKEN), CHAT_ID, url=fake.url, timeout_s=0.2)
    channel.pace_s = 0.01
    return Sender(channel, clock=SystemClock(), patience=Patience(0.02, 0.1, 0.1), **options)


def test_a_flood_limit_is_waited_out_and_nothing_is_lost(fake: FakeTelegram) -> None:
    fake.faults.append(Fault.FLOOD)
    sender = _sender(fake)
    began = time.monotonic()
    for name in "abc":
        sender.submit(information(name))
    assert sender.close(20)
    assert len(fake.sent) == 3
    assert fake.sent[0].at_s - began >= 1.0
    assert len(fake.calls) == 4  # not one call before the second was over


def test_a_reply_that_is_lost_is_told_twice_rather_than_never(fake: FakeTelegram) -> None:
    fake.faults.append(Fault.LOST)
    sender = _sender(fake)
    sender.submit(halted())
    assert sender.close(20)
    assert [sent.html for sent in fake.sent] == [message_of(halted()).html] * 2


def test_black_holed_telegram_blocks_nobody_and_grows_nothing(fake: FakeTelegram) -> None:
    fake.always = Fault.SILENT
    sender = _sender(fake, outbox=Outbox(most_news=20))
    slowest_s = _timed(lambda: sender.submit(halted()))
    until = time.monotonic() + 1.5
    submitted = 0
    while time.monotonic() < until:
        news = information(str(submitted))
        slowest_s = max(slowest_s, _timed(lambda news=news: sender.submit(news)))
        submitted += 1
        time.sleep(0.002)
    assert len(fake.calls) >= 2
    assert sender.waiting <= 20
    assert sender.lost >= submitted - 20
    assert slowest_s < 0.1  # a busy machine; the median is microseconds
    fake.always = None
    eventually(lambda: len(fake.sent) >= 21, limit_s=30)
    assert "HALT" in fake.sent[0].html
    sender.close()


def _timed(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began
