"""Both channels are channels."""

from __future__ import annotations

from pydantic import SecretStr

from proratio_tradehub.alerts.apprise import AppriseChannel
from proratio_tradehub.alerts.channel import Channel
from proratio_tradehub.alerts.mail import MailChannel, MailServer
from proratio_tradehub.alerts.samples import samples
from proratio_tradehub.alerts.telegram import TelegramChannel
from tests.tradehub.alerts.made import NOON


def test_a_person_can_tell_them_apart_and_each_keeps_a_pace() -> None:
    channels: tuple[Channel, ...] = (
        TelegramChannel(SecretStr("1:x"), "1"),
        MailChannel(MailServer("mail.test", 25), sender="a@b.c", readers="a@b.c"),
        AppriseChannel(SecretStr("json://127.0.0.1")),
    )
    assert {channel.name for channel in channels} == {"Telegram", "E-mail", "Apprise"}
    assert all(channel.pace_s >= 1 for channel in channels)
    assert [sum(map(channel.takes, samples(NOON))) for channel in channels] == [15, 2, 15]
    for channel in channels:
        channel.close()
