"""The voters asked at once, under one deadline for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self

import structlog

from proratio_core.clock import Clock, SystemClock
from proratio_core.errors import ConfigurationError, DataError
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Ballot, Usage
from proratio_signals.profile import Profile, Voter
from proratio_signals.prompts.render import Prompt
from proratio_signals.providers.base import Provider

__all__ = ["Panel"]

_CANCEL_GRACE_S = 0.1
"""How long a late voter may take to let go of its connection; then the vote goes on without it."""

_log = structlog.get_logger(__name__)


class Panel:
    """Every voter of a profile with its provider.

    Parameters
    ----------
    profile
        Who votes, and the deadline.
    providers
        By the voter's name (see `create_providers`). Long-lived, and used by one event loop; the
        panel closes them.
    clock
        For the latency of late answers.

    Raises
    ------
    ConfigurationError
        A voter has no provider.
    """

    def __init__(
        self, profile: Profile, providers: Mapping[str, Provider], *, clock: Clock | None = None
    ) -> None:
        names = {voter.name for voter in profile.voters}
        if missing := names - providers.keys():
            raise ConfigurationError(
                f"no provider for {', '.join(sorted(missing))} of profile {profile.name!r}; "
                "make them with create_providers"
            )
        self._profile = profile
        self._providers = {voter.name: providers[voter.name] for voter in profile.voters}
        self._clock = clock or SystemClock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def ask(self, prompts: Mapping[str, Prompt]) -> tuple[Ballot, ...]:
        """Return one ballot a voter, in the order of the profile.

        Parameters
        ----------
        prompts
            What each voter is asked, by the voter's name.

        Notes
        -----
        It takes as long as the slowest voter and at most the profile's deadline plus 0.1 s; who is
        late abstains. A voter that raises abstains as FAILED. When the call itself is cancelled,
        every question is.

        Raises
        ------
        DataError
            A voter has no prompt; nobody was asked.
        """
        if missing := self._providers.keys() - prompts.keys():
            raise DataError(f"no prompt for {', '.join(sorted(missing))}; every voter needs one")
        deadline_s = self._profile.deadline_s
        started_s = self._clock.monotonic()
        tasks = {
            voter.name: asyncio.create_task(
                self._providers[voter.name].ask(prompts[voter.name], deadline_s=deadline_s)
            )
            for voter in self._profile.voters
        }
        try:
            await asyncio.wait(tasks.values(), timeout=deadline_s)
        finally:
            await _cancel(tasks.values())
        elapsed_s = self._clock.monotonic() - started_s
        return tuple(
            Ballot(
                voter=voter,
                answer=_collect(tasks[voter.name], voter, elapsed_s=elapsed_s),
                prompt_hash=prompts[voter.name].hash,
            )
            for voter in self._profile.voters
        )

    async def close(self) -> None:
        """Close every provider, also when one of them fails to."""
        closing = (provider.close() for provider in self._providers.values())
        results = await asyncio.gather(*closing, return_exceptions=True)
        for name, result in zip(self._providers, results, strict=True):
            if isinstance(result, Exception):
                _log.warning("provider_not_closed", voter=name, error=type(result).__name__)


async def _cancel(tasks: Iterable[asyncio.Task[Answer]]) -> None:
    pending = [task for task in tasks if not task.done()]
    for task in pending:
        task.cancel()
    if pending:
        _, deaf = await asyncio.wait(pending, timeout=_CANCEL_GRACE_S)
        for task in deaf:
            task.add_done_callback(_discard)


def _discard(task: asyncio.Task[Answer]) -> None:
    """Take the result of a task nobody waits for any more, so that asyncio does not report it."""
    if not task.cancelled():
        task.exception()


def _collect(task: asyncio.Task[Answer], voter: Voter, *, elapsed_s: float) -> Answer:
    """Return what a voter answered, or why it did not."""
    if not task.done() or task.cancelled():
        return _abstained(
            AbstentionKind.TIMEOUT, "no answer within the panel's deadline", elapsed_s
        )
    error = task.exception()
    if error is None:
        return task.result()
    _log.warning("voter_failed", voter=voter.name, provider=voter.provider, exc_info=error)
    return _abstained(
        AbstentionKind.FAILED, f"the provider raised {type(error).__name__}", elapsed_s
    )


def _abstained(kind: AbstentionKind, detail: str, latency_s: float) -> Answer:
    return Answer(Abstention(kind, detail), "", Usage(), latency_s=latency_s, cost_usd=None)
