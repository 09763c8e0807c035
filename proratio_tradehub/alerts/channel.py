"""A way to a person: what every one of them can do, and how its failures are told apart."""

from __future__ import annotations

from typing import Protocol

from proratio_tradehub.alerts.messages import Message
from proratio_tradehub.alerts.news import News

__all__ = ["Channel"]


class Channel(Protocol):
    """Sends messages one after another, from one thread."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    @property
    def pace_s(self) -> float:
        """Seconds there have to be between two messages."""
        ...

    def takes(self, news: News) -> bool:
        """Return whether this kind of news goes this way."""
        ...

    def send(self, message: Message) -> None:
        """Send one message, once; return when the other side has accepted it.

        Raises
        ------
        ConfigurationError
            It is refused until a person changes the set-up; the message says what.
        DataError
            This message is refused, another one may pass.
        RateLimitError
            The other side says when to come back.
        TransientError
            It did not get through, or nobody knows whether it did.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
