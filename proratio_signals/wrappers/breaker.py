"""Leaving a failing provider alone for a moment, then trying it with a single call."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import structlog

from proratio_core.clock import Clock
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Usage
from proratio_signals.providers.base import Provider

if TYPE_CHECKING:
    from proratio_signals.prompts.render import Prompt

__all__ = ["COOL_DOWN_S", "OPENS_AFTER", "OUTAGES", "Breaker", "BreakerState", "BreakingProvider"]

OPENS_AFTER: Final = 5
"""So many failures in a row are an outage."""
COOL_DOWN_S: Final = 15.0
"""How long nobody asks after an outage; less than the shortest candle, so no cycle is skipped."""
_LONGEST_COOL_DOWN_S: Final = 60.0

OUTAGES: Final = frozenset(
    {
        AbstentionKind.TIMEOUT,
        AbstentionKind.RATE_LIMITED,
        AbstentionKind.SERVER_ERROR,
        AbstentionKind.CONNECTION,
    }
)
"""Abstentions that say the provider is not there; a refusal or a bad answer says that it is."""

_log = structlog.get_logger(__name__)


class BreakerState(StrEnum):
    """Whether a provider is asked."""

    CLOSED = "closed"
    """It is."""
    OPEN = "open"
    """It is not, until the cool-down is over."""
    HALF_OPEN = "half-open"
    """One call finds out; the others wait for what it finds."""


@dataclass(frozen=True, slots=True)
class _Admission:
    is_probe: bool


class Breaker:
    """The memory of one provider's failures, shared by all voters that use it, in one event loop.

    Parameters
    ----------
    name
        The provider, for the log.
    clock
        Its monotonic time ends the cool-down.
    opens_after
        Failures in a row until nobody asks.
    cool_down_s
        Seconds nobody asks then.
    """

    def __init__(
        self,
        name: str,
        *,
        clock: Clock,
        opens_after: int = OPENS_AFTER,
        cool_down_s: float = COOL_DOWN_S,
    ) -> None:
        self.name = name
        self._clock = clock
        self._opens_after = opens_after
        self._cool_down_s = cool_down_s
        self._failures = 0
        self._open_until_s = -math.inf
        self._probing: asyncio.Event | None = None

    @property
    def state(self) -> BreakerState:
        """Whether the provider is asked now."""
        if self._failures < self._opens_after:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self.left_s > 0 else BreakerState.HALF_OPEN

    @property
    def left_s(self) -> float:
        """Seconds until the cool-down is over, 0 when there is none."""
        if self._failures < self._opens_after:
            return 0.0
        return max(0.0, self._open_until_s - self._clock.monotonic())

    async def admit(self, *, patience_s: float) -> _Admission | None:
        """Return the permission to ask, to be handed to `record`; None while nobody asks.

        While a probe is under way it is waited for, at most `patience_s`.
        """
        while self.state is BreakerState.HALF_OPEN and self._probing is not None:
            try:
                async with asyncio.timeout(patience_s):
                    await self._probing.wait()
            except TimeoutError:
                return None
        match self.state:
            case BreakerState.CLOSED:
                return _Admission(is_probe=False)
            case BreakerState.OPEN:
                return None
        self._probing = asyncio.Event()
        return _Admission(is_probe=True)

    def record(self, admission: _Admission, *, worked: bool, wait_s: float = 0.0) -> None:
        """Remember how an admitted call ended; `wait_s` is what the provider asked for."""
        before = self.state
        if worked:
            self._failures = 0
        else:
            self._failures += 1
            cool_down_s = min(max(self._cool_down_s, wait_s), _LONGEST_COOL_DOWN_S)
            self._open_until_s = self._clock.monotonic() + cool_down_s
        if admission.is_probe and self._probing is not None:
            self._probing.set()
            self._probing = None
        if self.state is not before:
            _log.warning("breaker", provider=self.name, state=self.state, failures=self._failures)


class BreakingProvider:
    """Asks a provider while its breaker lets it.

    Parameters
    ----------
    provider
        Who is asked.
    breaker
        Shared by all voters of that provider.
    clock
        Measures what waiting for a probe leaves of the deadline.
    """

    def __init__(self, provider: Provider, breaker: Breaker, *, clock: Clock) -> None:
        self._provider = provider
        self._breaker = breaker
        self._clock = clock

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        """Return the answer, or at once an abstention while nobody asks this provider."""
        started_s = self._clock.monotonic()
        admission = await self._breaker.admit(patience_s=deadline_s)
        left_s = deadline_s - (self._clock.monotonic() - started_s)
        if admission is None:
            return self._suspended(latency_s=deadline_s - left_s)
        worked, wait_s = False, 0.0  # a cancelled call did not answer in time
        try:
            answer = await self._provider.ask(prompt, deadline_s=left_s)
            result = answer.result
            worked = not (isinstance(result, Abstention) and result.kind in OUTAGES)
            wait_s = 0.0 if worked else _wait_s(answer)
            return answer
        finally:
            self._breaker.record(admission, worked=worked, wait_s=wait_s)

    async def close(self) -> None:
        """Give back the connections."""
        await self._provider.close()

    def _suspended(self, *, latency_s: float) -> Answer:
        breaker = self._breaker
        detail = (
            f"{breaker.name} failed repeatedly and is not asked for another {breaker.left_s:.0f} s"
        )
        result = Abstention(AbstentionKind.SUSPENDED, detail, billable=False)
        return Answer(result, "", Usage(), latency_s=latency_s, cost_usd=None)


def _wait_s(answer: Answer) -> float:
    result = answer.result
    return (result.retry_after_s or 0.0) if isinstance(result, Abstention) else 0.0
