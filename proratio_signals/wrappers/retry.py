"""Asking once more, when nothing was paid, nothing was answered, and there is time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from proratio_core.clock import Clock
from proratio_signals.opinions import Abstention, AbstentionKind, Answer
from proratio_signals.providers.base import Provider

if TYPE_CHECKING:
    from proratio_signals.prompts.render import Prompt

__all__ = ["RetryingProvider", "Sleep", "pause_before_retry_s"]

PAUSE_S: Final = 0.25
"""Waited before asking again when the provider does not say how long."""
LEAST_LEFT_S: Final = 1.0
"""A second call with less time than this would be cut off, and still be paid for."""

_TRANSIENT = frozenset(
    {AbstentionKind.RATE_LIMITED, AbstentionKind.SERVER_ERROR, AbstentionKind.CONNECTION}
)

Sleep = Callable[[float], Awaitable[None]]

_log = structlog.get_logger(__name__)


def pause_before_retry_s(answer: Answer, *, left_s: float) -> float | None:
    """Return how long to wait before asking again; None when asking again is wrong.

    Parameters
    ----------
    answer
        What the first call came to.
    left_s
        Seconds until the deadline.

    Notes
    -----
    Wrong is: after an opinion, after anything the provider may charge for (a refusal, an invalid
    answer, a connection that broke under way), and when the provider asks for more patience than
    the deadline leaves.
    """
    result = answer.result
    if not isinstance(result, Abstention) or result.kind not in _TRANSIENT or result.billable:
        return None
    pause_s = PAUSE_S if result.retry_after_s is None else result.retry_after_s
    return pause_s if pause_s + LEAST_LEFT_S <= left_s else None


class RetryingProvider:
    """Asks a provider at most twice within one deadline.

    Parameters
    ----------
    provider
        Who is asked.
    clock
        Measures what is left of the deadline.
    sleep
        Waits without blocking the loop.
    """

    def __init__(self, provider: Provider, *, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self._provider = provider
        self._clock = clock
        self._sleep = sleep

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        """Return the first answer, or the second where asking again was right."""
        started_s = self._clock.monotonic()
        first = await self._provider.ask(prompt, deadline_s=deadline_s)
        left_s = deadline_s - (self._clock.monotonic() - started_s)
        pause_s = pause_before_retry_s(first, left_s=left_s)
        if pause_s is None:
            return first
        _log.info("asked_again", reason=first.result, pause_s=pause_s)
        await self._sleep(pause_s)
        left_s = deadline_s - (self._clock.monotonic() - started_s)
        if left_s < LEAST_LEFT_S:
            return first
        second = await self._provider.ask(prompt, deadline_s=left_s)
        return replace(second, latency_s=self._clock.monotonic() - started_s)

    async def close(self) -> None:
        """Give back the connections."""
        await self._provider.close()
