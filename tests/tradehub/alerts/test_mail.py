"""Python's own mail library against a server that speaks SMTP over real TLS."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from proratio_core.errors import ConfigurationError, DataError, ProratioError, TransientError
from proratio_tradehub.alerts.mail import MailChannel
from proratio_tradehub.alerts.mail import MailServer as Where
from proratio_tradehub.alerts.messages import message_of
from proratio_tradehub.alerts.news import DailySummary, WeeklyReport
from proratio_tradehub.alerts.samples import sample_chart_png, samples
from tests.tradehub.alerts.made import NOON
from tests.wire.mail_server import PASSWORD, USERNAME, MailServer

WEEK = message_of(samples(NOON)[-1])


def channel_to(
    server: MailServer,
    *,
    readers: str = "anna@proratio.test, Bo <bo@proratio.test>",
    **changes: object,
) -> MailChannel:
    known = {
        "is_tls_at_once": server.is_tls_at_once,
        "username": USERNAME,
        "password": SecretStr(PASSWORD),
        "ca_file": server.ca_file,
        "timeout_s": 5.0,
    }
    where = Where("127.0.0.1", server.port, **{**known, **changes})
    return MailChannel(where, sender="bot@proratio.test", readers=readers)


@pytest.mark.parametrize("is_tls_at_once", [False, True], ids=["STARTTLS", "TLS"])
def test_the_week_arrives_with_its_chart_and_nothing_was_in_the_clear(
    tmp_path: Path, is_tls_at_once: bool
) -> None:
    with MailServer(tmp_path, is_tls_at_once=is_tls_at_once) as server:
        channel_to(server).send(WEEK)
    (letter,) = server.letters
    assert letter["Subject"] == "[SIMULATED] Week 2024-05-26 to 2024-06-01"
    assert server.readers == ["anna@proratio.test", "bo@proratio.test"]
    plain, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().splitlines() == WEEK.text.splitlines()
    assert "<b>SIMULATED</b> · no market, no money<br>" in page.get_content()
    (chart,) = letter.iter_attachments()
    assert chart.get_content() == sample_chart_png()
    clear = b"".join(server.clear)
    assert PASSWORD.encode() not in clear
    assert b"MAIL" not in clear


def test_only_summaries_go_by_mail(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        channel = channel_to(server)
    taken = {type(news) for news in samples(NOON) if channel.takes(news)}
    assert taken == {DailySummary, WeeklyReport}


@pytest.mark.parametrize(
    ("verb", "answer", "kind", "said"),
    [
        ("AUTH", f"535 5.7.8 not {PASSWORD}", ConfigurationError, "PRORATIO_SMTP_PASSWORD"),
        ("AUTH", "454 4.7.0 busy", TransientError, "not ready: 4.7.0 busy"),
        ("MAIL", "553 not yours", ConfigurationError, "PRORATIO_SMTP_FROM"),
        ("RCPT", "550 nobody here", ConfigurationError, "PRORATIO_SMTP_TO"),
        ("RCPT", "450 full for now", TransientError, "full for now"),
        ("MESSAGE", "554 looks like spam", DataError, "looks like spam"),
        ("MESSAGE", "451 try again", TransientError, "try again"),
    ],
)
def test_each_refusal_says_what_a_person_can_do(
    tmp_path: Path, verb: str, answer: str, kind: type[ProratioError], said: str
) -> None:
    with MailServer(tmp_path) as server:
        server.refuse[verb] = answer
        with pytest.raises(kind, match=said) as caught:
            channel_to(server).send(WEEK)
    assert type(caught.value) is kind
    assert PASSWORD not in str(caught.value)
    assert server.letters == []


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(tmp_path: Path) -> None:
    with MailServer(tmp_path, name="elsewhere.test") as server:
        with pytest.raises(ConfigurationError, match="cannot prove who it is"):
            channel_to(server).send(WEEK)
        with pytest.raises(ConfigurationError, match="PRORATIO_SMTP_CA_FILE"):
            channel_to(server, ca_file=None).send(WEEK)
    assert b"AUTH" not in b"".join(server.clear)


def test_a_server_without_encryption_gets_nothing(tmp_path: Path) -> None:
    with (
        MailServer(tmp_path, offers_starttls=False) as server,
        pytest.raises(ConfigurationError, match="nothing was sent in the clear"),
    ):
        channel_to(server).send(WEEK)
    assert {line.split()[0].upper() for line in server.clear} <= {b"EHLO", b"QUIT"}


def test_the_wrong_kind_of_encryption_is_said(tmp_path: Path) -> None:
    with (
        MailServer(tmp_path) as server,
        pytest.raises(ConfigurationError, match="PRORATIO_SMTP_SECURITY"),
    ):
        channel_to(server, is_tls_at_once=True).send(WEEK)


def test_a_silent_server_is_left_after_the_time_limit(tmp_path: Path) -> None:
    with MailServer(tmp_path, is_silent=True) as server:
        began = time.monotonic()
        with pytest.raises(TransientError, match="no mail server answers"):
            channel_to(server, timeout_s=0.2).send(WEEK)
        assert time.monotonic() - began < 5


def test_nobody_listening_is_said_with_the_address() -> None:
    channel = MailChannel(Where("127.0.0.1", 1), sender="a@b.c", readers="a@b.c")
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:1"):
        channel.send(WEEK)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: MailChannel(Where("h", 1), sender="nobody", readers="a@b.c"), "SMTP_FROM"),
        (lambda: MailChannel(Where("h", 1), sender="a@b.c", readers="a@b.c, x"), "SMTP_TO"),
        (
            lambda: MailChannel(
                Where("h", 1, ca_file=Path("missing.pem")), sender="a@b.c", readers="a@b.c"
            ),
            "SMTP_CA_FILE",
        ),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(
    make: Callable[[], MailChannel], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        make()
