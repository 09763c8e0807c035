"""News on its way to one channel, in a thread of its own: whoever submits never waits."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Final

from proratio_core.clock import Clock
from proratio_core.errors import (
    ConfigurationError,
    DataError,
    ProratioError,
    RateLimitError,
)
from proratio_tradehub.alerts.channel import Channel
from proratio_tradehub.alerts.messages import message_of
from proratio_tradehub.alerts.news import News, Undelivered
from proratio_tradehub.alerts.outbox import Outbox
from proratio_tradehub.marks import Mark

__all__ = ["Patience", "Sender"]

_IDLE_S: Final = 3600.0

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait after a failure.

    Parameters
    ----------
    first_s, most_s
        After the first failure that may pass by itself, doubled with each next one up to `most_s`.
    refused_s
        When only a person can help.
    """

    first_s: float = 1.0
    most_s: float = 60.0
    refused_s: float = 300.0

    def after(self, error: ProratioError, *, failures: int) -> float:
        """Return the wait after `error`, the `failures`th in a row; what was asked for is kept."""
        if isinstance(error, RateLimitError) and error.retry_after_s is not None:
            return error.retry_after_s
        if isinstance(error, ConfigurationError):
            return self.refused_s
        return float(min(self.most_s, self.first_s * 2 ** min(failures - 1, 30)))


class Sender:
    """Sends what is submitted, most urgent first, again and again until it got through.

    A message whose answer was lost is sent again: what is said twice is better than not at all.

    Parameters
    ----------
    channel
        Where to; used by the thread alone.
    clock
        The time a message about lost messages carries.
    outbox
        Where news waits.
    patience
        Between attempts.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        clock: Clock,
        outbox: Outbox | None = None,
        patience: Patience = Patience(),  # frozen
    ) -> None:
        self._channel = channel
        self._clock = clock
        self._outbox = Outbox() if outbox is None else outbox  # an empty one is false
        self._patience = patience
        self._failures = 0
        self._refused = 0
        self._told = 0
        self._is_busy = False
        self.sent = 0
        name = f"proratio-alerts-{channel.name.lower()}"
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(self, news: News) -> None:
        """Put news on its way, if it goes this way; microseconds, and it never raises."""
        if self._channel.takes(news):
            self._outbox.put(news)

    @property
    def lost(self) -> int:
        """How many news gave way or were refused for good."""
        return self._outbox.dropped + self._refused

    @property
    def waiting(self) -> int:
        """How many news wait."""
        return len(self._outbox)

    def close(self, limit_s: float = 5.0) -> bool:
        """Send what waits for at most `limit_s`, then stop; return whether all of it went out."""
        until = self._clock.monotonic() + limit_s
        while (self._is_busy or self.waiting) and self._clock.monotonic() < until:
            self._clock.sleep(0.02)
        is_done = not (self._is_busy or self.waiting)
        self._outbox.close()
        self._thread.join(max(0.0, until - self._clock.monotonic()))
        return is_done

    def _work(self) -> None:
        while not self._outbox.is_closed:
            self._is_busy = True  # before it is taken: closing must not see both empty
            news = self._outbox.take()
            if news is not None:
                self._outbox.pause(self._attempt(news))
                continue
            self._is_busy = False
            self._outbox.await_news(_IDLE_S)
        self._channel.close()

    def _attempt(self, news: News) -> float:
        """Send one; return for how many seconds nothing may be sent now."""
        try:
            self._channel.send(message_of(news))
        except DataError as error:
            self._refused += 1
            _log.error("alerts: %s; it is left out", error)
            return self._channel.pace_s
        except ProratioError as error:
            self._outbox.put_back(news)
            return self._failed(error)
        except Exception:  # noqa: BLE001  # the thread's border: one message must not end all the others
            self._refused += 1
            _log.exception("alerts: a message failed unexpectedly; it is left out")
            return self._channel.pace_s
        self._succeeded()
        return self._channel.pace_s

    def _failed(self, error: ProratioError) -> float:
        self._failures += 1
        if self._failures == 1 and not isinstance(error, RateLimitError):
            _log.warning("alerts: %s; %d wait", error, self.waiting)
        return self._patience.after(error, failures=self._failures)

    def _succeeded(self) -> None:
        self.sent += 1
        self._failures = 0
        untold = self.lost - self._told
        if untold:
            self._told = self.lost
            self._outbox.put(Undelivered(Mark.EVERY_BOT, self._clock.now(), untold))
