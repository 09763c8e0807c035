"""Which questions have an answer by now, whoever gave it, looked up without a query for each."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from proratio_core.clock import Clock
from proratio_core.values import SeriesKey, Timerange
from proratio_signals.ledger import Ledger
from proratio_signals.questions import Question
from proratio_signals.snapshot import Snapshot

__all__ = ["Answered"]

_LOOK_AGAIN_S: Final = 1.0
_SHARE: Final = 20
"""Looking takes at most one part in so many of the time, however long the ledger is."""


class Answered:
    """What other processes answered while this one asks, a second old at most.

    Parameters
    ----------
    ledger, profile_hash
        Whose votes.
    questions
        Those that matter.
    clock
        Its monotonic time says when to look again.
    """

    def __init__(
        self, ledger: Ledger, profile_hash: str, questions: Iterable[Question], *, clock: Clock
    ) -> None:
        self._ledger = ledger
        self._profile_hash = profile_hash
        self._clock = clock
        self._spans = _spans(questions)
        self._known: dict[Question, str] = {}
        self._next_look_s = -math.inf
        self._looking = asyncio.Lock()

    async def has(self, question: Question, snapshot: Snapshot) -> bool:
        """Whether the ledger has an answer given for these very candles.

        Raises
        ------
        TransientError
            The database is away.
        """
        if self._clock.monotonic() >= self._next_look_s and not self._looking.locked():
            async with self._looking:
                started_s = self._clock.monotonic()
                self._known = await asyncio.to_thread(self._read)
                now_s = self._clock.monotonic()
                self._next_look_s = now_s + max(_LOOK_AGAIN_S, _SHARE * (now_s - started_s))
        return self._known.get(question) == snapshot.hash

    def _read(self) -> dict[Question, str]:
        found: dict[Question, str] = {}
        for key, span in self._spans.items():
            found |= self._ledger.answered(key, self._profile_hash, timerange=span)
        return found


def _spans(questions: Iterable[Question]) -> dict[SeriesKey, Timerange]:
    moments: dict[SeriesKey, list[datetime]] = {}
    for question in questions:
        moments.setdefault(question.key, []).append(question.as_of)
    return {
        key: Timerange(min(times), max(times) + timedelta(milliseconds=key.timeframe.ms))
        for key, times in moments.items()
    }
