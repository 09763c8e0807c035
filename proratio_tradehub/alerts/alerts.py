"""Every way that is set up, as one: what a trading process holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError
from proratio_core.settings import Settings
from proratio_tradehub.alerts.apprise import AppriseChannel
from proratio_tradehub.alerts.channel import Channel
from proratio_tradehub.alerts.mail import MailChannel, MailServer
from proratio_tradehub.alerts.news import News
from proratio_tradehub.alerts.sender import Sender
from proratio_tradehub.alerts.telegram import TelegramChannel

__all__ = ["Alerts", "apprise_of", "channels_of", "mail_of", "open_alerts", "telegram_of"]

_TLS: Final = "tls"


class Alerts:
    """Hands news to every sender.

    Parameters
    ----------
    senders
        One for each channel; without any, news goes nowhere.
    """

    def __init__(self, senders: Iterable[Sender]) -> None:
        self._senders = tuple(senders)

    def submit(self, news: News) -> None:
        """Put news on its way; microseconds, and it never raises."""
        for sender in self._senders:
            sender.submit(news)

    def close(self, limit_s: float = 5.0) -> bool:
        """Send what waits for at most `limit_s` a channel; return whether all of it went out."""
        done = [sender.close(limit_s) for sender in self._senders]
        return all(done)


def open_alerts(settings: Settings, *, clock: Clock) -> Alerts:
    """Return alerts over what is set up; nothing set up is no error.

    Raises
    ------
    ConfigurationError
        A channel is set up in part.
    """
    return Alerts(Sender(one, clock=clock) for one in channels_of(settings))


def channels_of(settings: Settings) -> tuple[Channel, ...]:
    """Return every channel that is set up.

    Raises
    ------
    ConfigurationError
        A channel is set up in part, or its extra is not installed.
    """
    ways: tuple[Channel | None, ...] = (
        telegram_of(settings),
        mail_of(settings),
        apprise_of(settings),
    )
    return tuple(one for one in ways if one is not None)


def telegram_of(settings: Settings) -> TelegramChannel | None:
    """Return the Telegram chat of the settings; None when there is none.

    Raises
    ------
    ConfigurationError
        Either the token or the chat is missing.
    """
    token, chat_id = settings.telegram_token, settings.telegram_chat_id
    if token is None and chat_id is None:
        return None
    if token is None or chat_id is None:
        lacking = "PRORATIO_TELEGRAM_TOKEN" if token is None else "PRORATIO_TELEGRAM_CHAT_ID"
        raise ConfigurationError(f"Telegram is set up in part; set {lacking} as well")
    return TelegramChannel(token, chat_id, url=settings.telegram_url)


def mail_of(settings: Settings) -> MailChannel | None:
    """Return the e-mail of the settings; None when there is none.

    Raises
    ------
    ConfigurationError
        A part is missing, or an address is none.
    """
    host, sender, readers = settings.smtp_host, settings.smtp_from, settings.smtp_to
    if host is None and sender is None and readers is None:
        return None
    if host is None or sender is None or readers is None:
        raise ConfigurationError(
            "e-mail is set up in part; it needs PRORATIO_SMTP_HOST, PRORATIO_SMTP_FROM and "
            "PRORATIO_SMTP_TO"
        )
    server = MailServer(
        host,
        settings.smtp_port,
        is_tls_at_once=settings.smtp_security == _TLS,
        username=settings.smtp_username,
        password=settings.smtp_password,
        ca_file=settings.smtp_ca_file,
    )
    return MailChannel(server, sender=sender, readers=readers)


def apprise_of(settings: Settings) -> AppriseChannel | None:
    """Return the services of Apprise in the settings; None when there are none.

    Raises
    ------
    ConfigurationError
        The extra is not installed.
    """
    return None if settings.apprise_urls is None else AppriseChannel(settings.apprise_urls)
