"""How far a streamed series is: which candle comes next, and when somebody has to ask for it. Pure.

`next_ms` is the open time of the first candle that is not stored; everything before it is stored,
or the exchange was asked and has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from proratio_core.values import SeriesKey

__all__ = ["SeriesProgress"]

_GRACE_MS: Final = 3_000
"""A candle the stream has not closed so long after its time is asked for."""

_CONFIRM_MS: Final = 300_000
"""How long what the stream said may stand before the exchange is asked to confirm it."""

_AGAIN_MS: Final = 15_000
"""Between two questions about a candle that the exchange does not have yet."""


@dataclass
class SeriesProgress:
    """The state of one series.

    Parameters
    ----------
    key
        The series.
    next_ms
        Open time of the first candle not stored; None until the first repair.
    confirmed_ms
        Candles opened before it are what the exchange answers when asked.
    asked_ms
        When it was last asked.
    is_broken
        Whether something may have been missed since: a lost line, a failed write, a hole.
    """

    key: SeriesKey
    next_ms: int | None = None
    confirmed_ms: int | None = None
    asked_ms: int = 0
    is_broken: bool = True

    def stored(self, open_ms: int) -> None:
        """Take note that a finished candle from the stream was stored."""
        if self.next_ms is None or open_ms < self.next_ms:
            return
        if open_ms == self.next_ms:
            self.next_ms += self.key.timeframe.ms
        else:
            self.is_broken = True

    def repaired(self, complete_ms: int, now_ms: int) -> None:
        """Take note that everything opened before `complete_ms` is stored and confirmed."""
        self.next_ms = max(complete_ms, self.next_ms or 0)
        self.confirmed_ms = max(complete_ms, self.confirmed_ms or 0)
        self.asked_ms = now_ms

    def wants_repair(self, now_ms: int) -> bool:
        """Return whether the exchange has to be asked now."""
        if self.is_broken or self.next_ms is None or self.confirmed_ms is None:
            return True
        step_ms = self.key.timeframe.ms
        due_ms = self.next_ms + step_ms + _GRACE_MS
        if now_ms >= due_ms and (self.asked_ms < due_ms or now_ms >= self.asked_ms + _AGAIN_MS):
            return True
        closed_ms = self.confirmed_ms + step_ms
        return self.confirmed_ms < self.next_ms and now_ms >= closed_ms + _CONFIRM_MS
