"""Waiting between attempts to reach an exchange: ever longer, with chance, and as long as asked."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Final

from proratio_core.clock import Clock
from proratio_core.errors import ProratioError, RateLimitError

__all__ = ["Backoff", "pause"]

_LONGEST_S: Final = 60.0
_MARGIN_S: Final = 1.0
_LOOK_S: Final = 0.05


@dataclass
class Backoff:
    """Counts failures in a row.

    Parameters
    ----------
    chance
        Spreads waits, so that many who lost the same line do not return at once.
    """

    chance: random.Random
    failures: int = field(default=0, init=False)

    def wait_s(self, error: ProratioError) -> float:
        """Return how long to wait after one more failure; at least what the other side asked."""
        self.failures += 1
        longest_s = min(_LONGEST_S, 2.0 ** min(self.failures - 1, 10))
        wait_s = longest_s * self.chance.uniform(0.5, 1.0)
        if isinstance(error, RateLimitError) and error.retry_after_s is not None:
            return max(wait_s, error.retry_after_s + _MARGIN_S)
        return wait_s

    def reset(self) -> None:
        """Take note of a success."""
        self.failures = 0


async def pause(clock: Clock, seconds: float) -> None:
    """Wait `seconds` of `clock`, which may run faster than the event loop's."""
    end_s = clock.monotonic() + seconds
    while (rest_s := end_s - clock.monotonic()) > 0:  # noqa: ASYNC110  # no event tells the time
        await asyncio.sleep(min(rest_s, _LOOK_S))
