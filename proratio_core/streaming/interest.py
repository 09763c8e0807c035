"""Open interest in real time: asked once a minute, since no exchange streams it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from proratio_core.clock import Clock
from proratio_core.derivatives import OpenInterest, OpenInterestStore
from proratio_core.errors import ProratioError
from proratio_core.streaming.backoff import pause
from proratio_core.values import Pair

__all__ = ["InterestStream"]

_EVERY_S: Final = 60.0

_log = structlog.get_logger(__name__)


class InterestStream:
    """Keeps the open interest of perpetuals until it is cancelled.

    What is not answered is left out: the next minute has a figure of its own.

    Parameters
    ----------
    ask
        Returns the figure of a pair; called in a thread of its own.
    store
        Where they go.
    exchange, pairs
        Whose open interest, of what.
    clock
        What time it is.
    """

    def __init__(
        self,
        ask: Callable[[Pair], OpenInterest],
        store: OpenInterestStore,
        *,
        exchange: str,
        pairs: Sequence[Pair],
        clock: Clock,
    ) -> None:
        self._ask, self._store = ask, store
        self._exchange, self._pairs, self._clock = exchange, tuple(pairs), clock
        self._is_away = False

    async def run(self) -> None:
        """Ask and store, at the beginning and at every full minute."""
        while True:
            await asyncio.to_thread(self.collect)
            now_s = self._clock.now().timestamp()
            await pause(self._clock, _EVERY_S - now_s % _EVERY_S)

    def collect(self) -> int:
        """Ask about each pair and keep the answers; return how many were new."""
        try:
            figures = [self._ask(pair) for pair in self._pairs]
            stored = self._store.add(self._exchange, figures)
        except ProratioError as error:
            if not self._is_away:  # once an outage, not once a minute
                _log.warning("no open interest", exchange=self._exchange, reason=str(error))
            self._is_away = True
            return 0
        self._is_away = False
        return stored
