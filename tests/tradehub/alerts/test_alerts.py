"""What is set up is used, what is set up in part is said, nothing set up is no error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proratio_core.clock import SystemClock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.alerts.alerts import (
    Alerts,
    apprise_of,
    channels_of,
    mail_of,
    open_alerts,
    telegram_of,
)
from proratio_tradehub.alerts.samples import samples
from proratio_tradehub.alerts.sender import Sender
from tests.tradehub.alerts.made import NOON, ScriptedChannel, halted
from tests.wire.fake_telegram import FakeTelegram
from tests.wire.mail_server import MailServer


def test_nothing_set_up_tells_nobody_and_raises_nothing() -> None:
    alerts = open_alerts(Settings(), clock=SystemClock())
    alerts.submit(halted())
    assert alerts.close()


def test_each_message_goes_the_ways_that_take_it(tmp_path: Path) -> None:
    with FakeTelegram() as fake, MailServer(tmp_path) as server:
        settings = Settings(**{**fake.environment(), **server.environment()})
        alerts = open_alerts(settings, clock=SystemClock())
        for news in samples(NOON)[-2:]:
            alerts.submit(news)
        alerts.submit(halted())
        assert alerts.close(30)
    assert len(fake.sent) == 3
    assert [letter["Subject"].split(" ")[1] for letter in server.letters] == ["Day", "Week"]


def test_one_way_that_hangs_does_not_hold_up_the_other() -> None:
    hung, free = ScriptedChannel(), ScriptedChannel()
    hung.failures.append(RuntimeError("a fault"))
    alerts = Alerts([Sender(hung, clock=SystemClock()), Sender(free, clock=SystemClock())])
    alerts.submit(halted())
    alerts.close(5)
    assert len(free.sent) == 1


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"PRORATIO_TELEGRAM_TOKEN": "1:x"}, "set PRORATIO_TELEGRAM_CHAT_ID as well"),
        ({"PRORATIO_TELEGRAM_CHAT_ID": "1"}, "set PRORATIO_TELEGRAM_TOKEN as well"),
        ({"PRORATIO_SMTP_HOST": "mail.test"}, "e-mail is set up in part"),
    ],
)
def test_what_is_set_up_in_part_is_said(variables: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        open_alerts(Settings(**variables), clock=SystemClock())


def test_secrets_are_masked_wherever_settings_are_shown() -> None:
    settings = Settings(PRORATIO_TELEGRAM_TOKEN="canary-1", PRORATIO_SMTP_PASSWORD="canary-2")
    assert "canary" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert telegram_of(Settings()) is mail_of(Settings()) is apprise_of(Settings()) is None


def test_apprise_is_one_more_way() -> None:
    settings = Settings(PRORATIO_APPRISE_URLS="json://canary.example.org")
    assert [channel.name for channel in channels_of(settings)] == ["Apprise"]
    assert "canary" not in repr(settings)
