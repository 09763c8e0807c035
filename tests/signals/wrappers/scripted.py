"""Voters that follow a script, and time that passes only when somebody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from proratio_core.clock import FixedClock
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Usage
from proratio_signals.prompts import Prompt
from tests.signals.samples import START


def failed(
    kind: AbstentionKind = AbstentionKind.SERVER_ERROR,
    *,
    retry_after_s: float | None = None,
    billable: bool = False,
) -> Answer:
    """Return an abstention as a provider's failure makes it."""
    result = Abstention(kind, "failed", retry_after_s=retry_after_s, billable=billable)
    return Answer(result, "", Usage(), latency_s=0.0, cost_usd=None)


def time() -> FixedClock:
    """Return a clock that stands."""
    return FixedClock(START)


@dataclass
class ScriptedProvider:
    """Gives its answers in turn, the last one for ever; each takes `takes_s` of the clock."""

    clock: FixedClock
    answers: list[Answer]
    takes_s: float = 0.0
    worst_usd: float = 0.10
    deadlines_s: list[float] = field(default_factory=list)
    closed: int = 0

    @property
    def calls(self) -> int:
        return len(self.deadlines_s)

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        self.deadlines_s.append(deadline_s)
        await asyncio.sleep(0)
        self.clock.time += timedelta(seconds=self.takes_s)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def close(self) -> None:
        self.closed += 1

    def worst_case_usd(self, prompt: Prompt) -> float:
        return self.worst_usd


def sleeper(clock: FixedClock) -> Callable[[float], Awaitable[None]]:
    """Return a sleep that moves `clock` and lets the others run."""

    async def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        await asyncio.sleep(0)

    return sleep
