"""Everything a run in batches works with: who is asked in batches, who directly, and the votes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from proratio_core.candles import CandleStore
from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.errors import ConfigurationError, TransientError
from proratio_signals.batches.rows import BatchRows
from proratio_signals.batches.shipping import ARRIVES_WITHIN_S, Shipping
from proratio_signals.cache import open_cache
from proratio_signals.calls import call_key
from proratio_signals.consult import Advisor
from proratio_signals.ledger import Ledger
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Usage
from proratio_signals.panel import Panel
from proratio_signals.profile import Profile, Voter
from proratio_signals.providers.base import Provider
from proratio_signals.providers.batching import Batching
from proratio_signals.providers.registry import create_providers
from proratio_signals.wrappers import caps_of, guard

if TYPE_CHECKING:
    from proratio_core.settings import Settings
    from proratio_signals.prompts.render import Prompt

__all__ = ["Office", "open_office"]

_LOCK_SPACE: Final = 5_005
"""First half of the advisory lock that one process holds while it works on a profile's batches."""
_LET_GO_S: Final = 5.0
"""A killed process' session ends on the server some moments after it."""


@dataclass(frozen=True, slots=True)
class Office:
    """What a run works with.

    Parameters
    ----------
    advisor
        Votes on questions whose answers are in `answers`; voters without batches are asked then.
    ledger, rows
        Where votes and batches are kept.
    shippings
        By the voter's name, for those that are asked in batches.
    providers
        The same voters, for their prices.
    answers
        What came back, by the key of the call; filled before a vote.
    clock
        The time it is.
    """

    advisor: Advisor
    ledger: Ledger
    rows: BatchRows
    shippings: Mapping[str, Shipping]
    providers: Mapping[str, Batching]
    answers: MutableMapping[str, Answer]
    clock: Clock

    @property
    def direct(self) -> tuple[str, ...]:
        """The voters that have no batches and are asked one by one, in the order of the profile."""
        voters = self.advisor.profile.voters
        return tuple(voter.name for voter in voters if voter.name not in self.shippings)


@asynccontextmanager
async def open_office(
    settings: Settings,
    database: Database,
    profile: Profile,
    *,
    clock: Clock,
    arrives_within_s: float = ARRIVES_WITHIN_S,
) -> AsyncIterator[Office]:
    """Yield what a run in batches works with; one process at a time for a profile.

    Raises
    ------
    ConfigurationError
        No voter of the profile can be asked in batches, or a key is missing.
    TransientError
        Another process works on the batches of this profile.
    """
    with _alone(database, profile):
        providers = create_providers(profile, settings)
        batching = {
            name: provider
            for name, provider in providers.items()
            if isinstance(provider, Batching) and provider.batches is not None
        }
        answers: dict[str, Answer] = {}
        fetched = {
            voter.name: _Fetched(providers[voter.name], voter, profile.hash, answers=answers)
            for voter in profile.voters
            if voter.name in batching
        }
        rest = {name: provider for name, provider in providers.items() if name not in batching}
        guarded = guard(rest, profile, settings, database, clock=clock)
        async with Panel(profile, {**guarded, **fetched}, clock=clock) as panel:
            if not batching:
                raise ConfigurationError(
                    f"no voter of profile {profile.name!r} can be asked in batches: only the "
                    "providers openai, anthropic and gemini have them, and each needs its key. "
                    "Leave out --batch"
                )
            ledger = Ledger(database)
            rows = BatchRows(
                database, caps_of(profile, settings), profile_hash=profile.hash, clock=clock
            )
            shippings = {
                name: Shipping(
                    rows,
                    provider,
                    provider.batches,
                    clock=clock,
                    latency_s=profile.deadline_s,
                    arrives_within_s=arrives_within_s,
                )
                for name, provider in batching.items()
                if provider.batches is not None
            }
            advisor = Advisor(
                profile,
                panel,
                store=CandleStore(database),
                ledger=ledger,
                cache=open_cache(settings, clock),
                clock=clock,
            )
            yield Office(advisor, ledger, rows, shippings, batching, answers, clock)


class _Fetched:
    """Says what came back in a batch."""

    def __init__(
        self,
        provider: Provider,
        voter: Voter,
        profile_hash: str,
        *,
        answers: Mapping[str, Answer],
    ) -> None:
        self._provider = provider
        self._voter = voter
        self._profile_hash = profile_hash
        self._answers = answers

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:  # noqa: ARG002  # the seam
        key = call_key(prompt, self._voter, profile_hash=self._profile_hash)
        if (answer := self._answers.get(key)) is not None:
            return answer
        missing = Abstention(AbstentionKind.LOST, "it has not come back in a batch", billable=False)
        return Answer(missing, "", Usage(), latency_s=0.0, cost_usd=0.0)

    async def close(self) -> None:
        await self._provider.close()


@contextmanager
def _alone(database: Database, profile: Profile) -> Iterator[None]:
    with database.dedicated() as connection, connection.cursor() as cursor:
        give_up_s = time.monotonic() + _LET_GO_S
        while True:
            cursor.execute(
                "SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_LOCK_SPACE, profile.hash)
            )
            row = cursor.fetchone()
            if row is not None and row[0]:
                break
            if time.monotonic() > give_up_s:
                raise TransientError(
                    f"another process works on the batches of profile {profile.name!r}; wait for "
                    "it, or stop it: its batches go on, and this command then fetches them"
                )
            time.sleep(0.1)  # nothing else runs in this loop yet
        yield
