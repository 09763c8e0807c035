"""News for tests, a channel that does as it is told, and waiting for a thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, date, datetime

from proratio_core.errors import ProratioError, TransientError
from proratio_tradehub.alerts.messages import Message
from proratio_tradehub.alerts.news import Failure, Figures, News, Orders, WeeklyReport
from proratio_tradehub.halts.events import Action, HaltEvent
from proratio_tradehub.marks import Mark

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
FIGURES = Figures(5, 4, 3, 1, 11.8, "USDT", 10_011.8, 0.004, 0.37, 31, 4)


def failure(what: str = "it broke") -> Failure:
    return Failure(Mark.PAPER, NOON, "a test", what)


def information(name: str) -> WeeklyReport:
    return WeeklyReport(Mark.PAPER, NOON, name, date(2024, 6, 1), FIGURES)


def halted(reason: str = "storm") -> Orders:
    return Orders(Mark.LIVE, (HaltEvent(reason, Action.HALT, reason, "a test", NOON),))


class ScriptedChannel:
    """Takes everything, fails as often as it is told."""

    name = "Script"
    pace_s = 0.0

    def __init__(self, *failures: Exception) -> None:
        self.failures = deque(failures)
        self.sent: list[Message] = []
        self.attempts = 0
        self.is_closed = False
        self.always: ProratioError | None = None
        self.limit: int | None = None

    def takes(self, news: News) -> bool:
        return True

    def send(self, message: Message) -> None:
        self.attempts += 1
        if self.limit is not None and len(self.sent) >= self.limit:
            raise TransientError("no more")
        if self.always is not None:
            raise self.always
        if self.failures:
            raise self.failures.popleft()
        self.sent.append(message)

    def close(self) -> None:
        self.is_closed = True


def eventually(what: Callable[[], object], *, limit_s: float = 10.0) -> None:
    until = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < until
        time.sleep(0.005)
