"""Another model for a seat whose own provider is not there; who answered is written down.

A fallback hides an outage unless somebody says so. Every answer it gives names, in place of the
served model, for whom it stands and why; the failed call keeps its own row among the calls, so
`doctor`, `signals cost` and the breaker see the failing provider as they would without a fallback.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from proratio_core.clock import Clock
from proratio_signals.opinions import Abstention, AbstentionKind, Answer
from proratio_signals.providers.base import Provider
from proratio_signals.wrappers.breaker import OUTAGES
from proratio_signals.wrappers.retry import LEAST_LEFT_S

if TYPE_CHECKING:
    from proratio_signals.profile import Voter
    from proratio_signals.prompts.render import Prompt

__all__ = ["FallbackProvider"]

_OWN_PART: Final = 0.6
"""Share of the deadline the seat's own provider has; who is silent leaves the rest to the other."""

_ABSENT: Final = OUTAGES | {AbstentionKind.SUSPENDED}
"""Not there. A refusal, a bad answer or an empty purse is an answer; nobody stands in for those."""

_log = structlog.get_logger(__name__)


class FallbackProvider:
    """Asks a seat's own provider, and its fallback when that one is not there.

    Parameters
    ----------
    provider, fallback
        Both with their own guards.
    voter
        The seat, with a fallback.
    clock
        Measures what is left of the deadline.
    """

    def __init__(
        self, provider: Provider, fallback: Provider, *, voter: Voter, clock: Clock
    ) -> None:
        self._provider = provider
        self._fallback = fallback
        self._voter = voter
        self._clock = clock

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        """Return the answer of the seat's own provider, or of the one that stands in for it."""
        started_s = self._clock.monotonic()
        own = await self._provider.ask(prompt, deadline_s=deadline_s * _OWN_PART)
        left_s = deadline_s - (self._clock.monotonic() - started_s)
        result = own.result
        if not isinstance(result, Abstention) or result.kind not in _ABSENT:
            return own
        if left_s < LEAST_LEFT_S:
            return own
        _log.warning("fallback_asked", voter=self._voter.name, reason=result.kind.value)
        other = await self._fallback.ask(prompt, deadline_s=left_s)
        latency_s = self._clock.monotonic() - started_s
        return self._joined(own, result, other=other, latency_s=latency_s)

    async def close(self) -> None:
        """Give back the connections of both."""
        try:
            await self._provider.close()
        finally:
            await self._fallback.close()

    def _joined(self, own: Answer, why: Abstention, *, other: Answer, latency_s: float) -> Answer:
        """Return what the fallback said, at the cost of both; the seat's own failure if nothing."""
        costs = [answer.cost_usd for answer in (own, other) if answer.cost_usd is not None]
        answer = replace(own, latency_s=latency_s, cost_usd=sum(costs) if costs else None)
        said = other.result
        if isinstance(said, Abstention):
            detail = f"{why.detail}; its fallback: {said.kind}: {said.detail}"
            return replace(answer, result=replace(why, detail=detail))
        stands_for = f"{other.served_model} (for {self._voter.model}: {why.kind})"
        return replace(answer, result=said, usage=other.usage, served_model=stands_for)
