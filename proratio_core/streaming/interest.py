"""Open interest in real time: asked once a minute, since no exchange streams it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog

from proratio_core.clock import Clock
from proratio_core.derivatives import OpenInterest, OpenInterestStore
from proratio_core.errors import DataError, ProratioError
from proratio_core.streaming.backoff import pause
from proratio_core.values import Pair

__all__ = ["InterestStream"]

_EVERY_S: Final = 60.0

_log = structlog.get_logger(__name__)


class InterestStream:
    """Keeps the open interest of perpetuals until it is cancelled.

    What is not answered is left out: the next minute has a figure of its own. A pair of which the
    exchange tells nothing costs the others nothing.

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
        self._untold: frozenset[Pair] = frozenset()

    async def run(self) -> None:
        """Ask and store, at the beginning and at every full minute."""
        while True:
            await asyncio.to_thread(self.collect)
            now_s = self._clock.now().timestamp()
            await pause(self._clock, _EVERY_S - now_s % _EVERY_S)

    def collect(self) -> int:
        """Ask about each pair and keep the answers; return how many were new."""
        figures: list[OpenInterest] = []
        untold: dict[Pair, str] = {}
        try:
            for pair in self._pairs:
                try:
                    figures.append(self._ask(pair))
                except DataError as error:
                    untold[pair] = str(error)
            stored = self._store.add(self._exchange, figures)
        except ProratioError as error:
            if not self._is_away:  # once an outage, not once a minute
                _log.warning("no open interest", exchange=self._exchange, reason=str(error))
            self._is_away = True
            return 0
        self._is_away = False
        self._say_untold(untold)
        return stored

    def _say_untold(self, untold: Mapping[Pair, str]) -> None:
        """Say once of which pairs the exchange tells nothing, and again when there are more."""
        new = [pair for pair in untold if pair not in self._untold]
        if new:
            names = ", ".join(map(str, new))
            _log.warning(
                "no open interest", exchange=self._exchange, pairs=names, reason=untold[new[0]]
            )
        self._untold = frozenset(untold)
