"""How many calls one provider is sent at once; further ones wait for their turn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from proratio_core.clock import Clock
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Usage
from proratio_signals.providers.base import Provider

if TYPE_CHECKING:
    from proratio_signals.prompts.render import Prompt

__all__ = ["LimitedProvider"]

_LEAST_PART = 0.25
"""A call that is left with less of its deadline would be cut off, and still be paid for."""


class LimitedProvider:
    """Asks a provider when it is its turn.

    Parameters
    ----------
    provider
        Who is asked.
    slots
        As many as calls may be under way; shared by all voters of that provider.
    clock
        Measures what waiting leaves of the deadline.
    """

    def __init__(self, provider: Provider, slots: asyncio.Semaphore, *, clock: Clock) -> None:
        self._provider = provider
        self._slots = slots
        self._clock = clock

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        """Return the answer; an abstention when no turn came within the deadline."""
        started_s = self._clock.monotonic()
        try:
            async with asyncio.timeout(deadline_s):
                await self._slots.acquire()
        except TimeoutError:
            return _crowded_out(deadline_s)
        try:
            left_s = deadline_s - (self._clock.monotonic() - started_s)
            if left_s < deadline_s * _LEAST_PART:
                return _crowded_out(deadline_s - left_s)
            return await self._provider.ask(prompt, deadline_s=left_s)
        finally:
            self._slots.release()

    async def close(self) -> None:
        """Give back the connections."""
        await self._provider.close()


def _crowded_out(waited_s: float) -> Answer:
    detail = f"too many calls at once: its turn did not come in time ({waited_s:.1f} s)"
    result = Abstention(AbstentionKind.TIMEOUT, detail, billable=False)
    return Answer(result, "", Usage(), latency_s=waited_s, cost_usd=None)
