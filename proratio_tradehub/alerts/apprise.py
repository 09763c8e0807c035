"""A hundred other services through Apprise, an optional extra: text as it is read, and pictures."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from proratio_core.errors import ConfigurationError, TransientError
from proratio_tradehub.alerts.messages import Message
from proratio_tradehub.alerts.news import News

if TYPE_CHECKING:
    from apprise import Apprise

__all__ = ["AppriseChannel"]

_VARIABLE: Final = "PRORATIO_APPRISE_URLS"


class AppriseChannel:
    """Every service that is named; each message goes to all of them.

    Nothing is imported before the first message. The addresses hold passwords and appear nowhere.

    Parameters
    ----------
    urls
        Apprise's addresses, with blanks between them.

    Raises
    ------
    ConfigurationError
        The extra is not installed.
    """

    name = "Apprise"
    pace_s = 1.0

    def __init__(self, urls: SecretStr) -> None:
        if find_spec("apprise") is None:
            raise ConfigurationError(
                f"{_VARIABLE} needs the extra 'apprise': pip install 'proratio[apprise]'"
            )
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it writes addresses
        self._urls = urls.get_secret_value().split()
        self._services: Apprise | None = None

    def takes(self, news: News) -> bool:  # noqa: ARG002
        """Return that every kind of news goes this way."""
        return True

    def send(self, message: Message) -> None:
        """Send one message to all services.

        Raises
        ------
        ConfigurationError
            Apprise does not understand an address.
        TransientError
            A service did not take it; Apprise does not say why.
        """
        from apprise import NotifyFormat  # noqa: PLC0415  # a second; only who sends
        from apprise.attachment.memory import AttachMemory  # noqa: PLC0415

        picture = message.picture_png
        is_taken = self._connected().notify(
            body=message.text,
            title=message.subject,
            body_format=NotifyFormat.TEXT,
            attach=None if picture is None else AttachMemory(picture, name="chart.png"),
        )
        if not is_taken:
            raise TransientError(
                f"not every service of {_VARIABLE} took the message; `apprise -vv URL` says why"
            )

    def close(self) -> None:
        """Do nothing: no connection outlives a message."""

    def _connected(self) -> Apprise:
        if self._services is None:
            from apprise import Apprise  # noqa: PLC0415

            services = Apprise()
            for number, url in enumerate(self._urls, start=1):
                if not services.add(url):
                    raise ConfigurationError(
                        f"Apprise does not understand address {number} of {_VARIABLE}; its "
                        "documentation lists how each service is written"
                    )
            self._services = services
        return self._services
