"""Does what is set up get through: every message is tried, and what became of it said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError, ProratioError, RateLimitError, TransientError
from proratio_tradehub.alerts.channel import Channel
from proratio_tradehub.alerts.messages import Message, message_of
from proratio_tradehub.alerts.news import News

__all__ = ["Delivery", "try_out"]

_LONGEST_WAIT_S: Final = 60.0
"""A person waits for the result; what takes longer is reported instead."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message: `failure` is None when the other side has accepted it."""

    channel: str
    subject: str
    failure: ProratioError | None = None


def try_out(channel: Channel, news: Iterable[News], *, clock: Clock) -> Iterator[Delivery]:
    """Send what the channel takes of `news`, and yield what became of each.

    A refusal that only a person can lift ends it, as the rest would meet the same.
    """
    for message in [message_of(one) for one in news if channel.takes(one)]:
        failure = _sent(channel, message, clock)
        yield Delivery(channel.name, message.subject, failure)
        if isinstance(failure, ConfigurationError | TransientError):
            return
        clock.sleep(channel.pace_s)


def _sent(channel: Channel, message: Message, clock: Clock) -> ProratioError | None:
    """Send a message, after a wait that was asked for a second time; return why it failed."""
    for is_last in (False, True):
        try:
            channel.send(message)
        except RateLimitError as error:
            wait_s = error.retry_after_s
            if is_last or wait_s is None or wait_s > _LONGEST_WAIT_S:
                return error
            clock.sleep(wait_s)
        except ProratioError as error:
            return error
        else:
            return None
    raise AssertionError("the second attempt returns")
