"""News waiting to be sent: bounded in number and bytes, and what is urgent never gives way."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

from proratio_tradehub.alerts.news import News, Urgency, WeeklyReport

__all__ = ["MOST_BYTES", "MOST_NEWS", "Outbox"]

MOST_NEWS: Final = 256
MOST_BYTES: Final = 8_000_000
"""Of pictures; everything else is small by nature."""


class Outbox:
    """A queue in the order of urgency, then of arrival; safe between threads.

    When it is full, the oldest of the least urgent news is dropped and counted: a halt is never
    dropped while anything less urgent is left. `put` waits for nothing but the lock.

    Parameters
    ----------
    most_news, most_bytes
        Where it is full.
    """

    def __init__(self, *, most_news: int = MOST_NEWS, most_bytes: int = MOST_BYTES) -> None:
        self._most_news = most_news
        self._most_bytes = most_bytes
        self._waiting: dict[Urgency, deque[News]] = {level: deque() for level in Urgency}
        self._count = 0
        self._bytes = 0
        self._dropped = 0
        self._changed = threading.Condition()
        self._is_closed = False

    def put(self, news: News) -> None:
        """Add news; when there is no room, the least urgent and oldest gives way."""
        with self._changed:
            self._add(news, first=False)
            self._changed.notify()

    def put_back(self, news: News) -> None:
        """Return what was taken and not sent to where it was."""
        with self._changed:
            self._add(news, first=True)

    def take(self) -> News | None:
        """Return the most urgent and oldest news; None when there is none."""
        with self._changed:
            for level in sorted(Urgency, reverse=True):
                if self._waiting[level]:
                    return self._remove(level)
            return None

    def await_news(self, limit_s: float) -> None:
        """Wait until there is news, `limit_s` are over, or it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._count or self._is_closed, limit_s)

    def pause(self, limit_s: float) -> None:
        """Wait `limit_s`, or until it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed, limit_s)

    def close(self) -> None:
        """Let whoever waits go on at once, now and from now on."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        """Whether no one should wait here any more."""
        return self._is_closed

    def __len__(self) -> int:
        return self._count

    @property
    def dropped(self) -> int:
        """How many news were ever dropped."""
        return self._dropped

    def _add(self, news: News, *, first: bool) -> None:
        queue = self._waiting[news.urgency]
        (queue.appendleft if first else queue.append)(news)
        self._count += 1
        self._bytes += _size_bytes(news)
        while self._count > self._most_news or self._bytes > self._most_bytes:
            self._remove(next(level for level in Urgency if self._waiting[level]))
            self._dropped += 1

    def _remove(self, level: Urgency) -> News:
        news = self._waiting[level].popleft()
        self._count -= 1
        self._bytes -= _size_bytes(news)
        return news


def _size_bytes(news: News) -> int:
    return len(news.chart_png or b"") if isinstance(news, WeeklyReport) else 0
