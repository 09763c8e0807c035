"""No call without money: its worst case is reserved first, what it came to is settled after."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from proratio_core.clock import Clock
from proratio_core.errors import TransientError
from proratio_signals.calls import Call, call_key, charge_usd
from proratio_signals.caps import Refused
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Usage
from proratio_signals.providers.base import Metered, Provider
from proratio_signals.purse import Purse
from proratio_signals.reservations import Found, InBatch, Lost, Paid, Reserved, UnderWay
from proratio_signals.wrappers.retry import Sleep

if TYPE_CHECKING:
    from proratio_signals.profile import Voter
    from proratio_signals.prompts.render import Prompt

__all__ = ["BudgetedProvider"]

_LOOK_AGAIN_S: Final = 0.1
_PATIENCE_PART: Final = 0.25
"""Share of the deadline a call may wait for money that calls under way will give back."""
_LEASE_GRACE_S: Final = 10.0
_SETTLING_PART: Final = 0.05
_SETTLING_S: Final = 0.25
"""Kept of the deadline so that a late answer is settled before the panel stops waiting."""

_log = structlog.get_logger(__name__)


class BudgetedProvider:
    """Asks a provider when the budget covers the call, and only what was never paid for.

    Parameters
    ----------
    provider
        Who is asked.
    purse
        The money.
    voter
        The seat; part of a call's name.
    meter
        Who knows the worst case.
    clock
        Measures what is left of the deadline.
    occasion
        Tells apart calls that are meant to be repeated; see `call_key`.
    sleep
        Waits without blocking the loop.
    """

    def __init__(
        self,
        provider: Provider,
        purse: Purse,
        *,
        voter: Voter,
        meter: Metered,
        clock: Clock,
        occasion: str = "",
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._provider = provider
        self._purse = purse
        self._voter = voter
        self._meter = meter
        self._clock = clock
        self._occasion = occasion
        self._sleep = sleep

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        """Return the answer with what it was charged, or an abstention that cost nothing.

        It is over before the deadline, also when the database is not: who stops waiting cannot know
        whether a provider was late or nobody was asked.
        """
        started_s = self._clock.monotonic()
        margin_s = min(_SETTLING_S, deadline_s * _SETTLING_PART)
        found: Found | Abstention
        try:
            async with asyncio.timeout(deadline_s - margin_s):
                found = await self._reserve(self._call(prompt, deadline_s), deadline_s)
        except (TimeoutError, TransientError) as error:
            found = _unheard(error)
        waited_s = self._clock.monotonic() - started_s
        if isinstance(found, Reserved):
            return await self._spend(prompt, found, deadline_s - waited_s - margin_s)
        if isinstance(found, Paid):
            return found.answer
        result = found if isinstance(found, Abstention) else _abstention(found)
        _log.warning("not_asked", voter=self._voter.name, kind=result.kind, detail=result.detail)
        return Answer(result, "", Usage(), latency_s=waited_s, cost_usd=0.0)

    async def close(self) -> None:
        """Give back the connections, then settle what is left."""
        await self._provider.close()
        await self._purse.close()

    def _call(self, prompt: Prompt, deadline_s: float) -> Call:
        voter, purse = self._voter, self._purse
        return Call(
            key=call_key(prompt, voter, profile_hash=purse.profile_hash, occasion=self._occasion),
            provider=voter.provider,
            model=voter.model,
            worst_case_usd=self._meter.worst_case_usd(prompt),
            lease_s=deadline_s + _LEASE_GRACE_S,
        )

    async def _reserve(self, call: Call, deadline_s: float) -> Found:
        """Reserve; wait while a twin of the call is under way, or money is about to come back."""
        started_s = self._clock.monotonic()
        while True:
            found = await self._purse.reserve(call)
            match found:
                case UnderWay():
                    patience_s = deadline_s
                case Refused(may_fit_later=True):
                    patience_s = deadline_s * _PATIENCE_PART
                case _:
                    return found
            if self._clock.monotonic() - started_s + _LOOK_AGAIN_S > patience_s:
                return found
            await self._sleep(_LOOK_AGAIN_S)

    async def _spend(self, prompt: Prompt, reserved: Reserved, left_s: float) -> Answer:
        try:
            answer = await self._provider.ask(prompt, deadline_s=left_s)
        except BaseException as error:  # cut off or broken: what was sent may be billed
            self._purse.forfeit(reserved, outcome=type(error).__name__)
            raise
        charged_usd = charge_usd(answer, reserved_usd=reserved.usd)
        await self._purse.settle(reserved, answer, usd=charged_usd)
        return replace(answer, cost_usd=charged_usd)


def _unheard(error: Exception) -> Abstention:
    detail = f"the budget could not be asked in time ({str(error) or type(error).__name__})"
    return Abstention(AbstentionKind.LOST, detail, billable=False)


def _abstention(found: UnderWay | Lost | InBatch | Refused) -> Abstention:
    match found:
        case InBatch():
            detail = (
                "it is in a batch whose results have not been fetched; `proratio signals backfill` "
                "with --batch fetches them"
            )
            return Abstention(AbstentionKind.LOST, detail, billable=False)
        case Refused():
            return Abstention(AbstentionKind.BUDGET, found.detail, billable=False)
        case Lost():
            detail = (
                "a process died today while it asked exactly this; "
                f"{found.usd:.4f} USD stay charged, and it is asked again from tomorrow (UTC)"
            )
            return Abstention(AbstentionKind.LOST, detail, billable=False)
    detail = "another process asks exactly this and had no answer within the deadline"
    return Abstention(AbstentionKind.LOST, detail, billable=False)
