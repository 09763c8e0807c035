"""The one place where providers get their guards: turns(budget(breaker(retry(provider)))).

A seat with a fallback has two such stacks, one behind the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_signals.caps import Caps
from proratio_signals.providers.base import Metered, Provider
from proratio_signals.providers.registry import create_fallbacks, create_providers
from proratio_signals.purse import Purse
from proratio_signals.wrappers.breaker import Breaker, BreakingProvider
from proratio_signals.wrappers.budget import BudgetedProvider
from proratio_signals.wrappers.concurrency import LimitedProvider
from proratio_signals.wrappers.fallback import FallbackProvider
from proratio_signals.wrappers.retry import RetryingProvider, Sleep

if TYPE_CHECKING:
    from proratio_core.settings import Settings
    from proratio_signals.profile import Profile, Voter

__all__ = ["caps_of", "guard", "guarded_providers"]


def caps_of(profile: Profile, settings: Settings) -> Caps:
    """Return what `profile` may spend on one day in this installation."""
    return Caps(
        total_usd=settings.daily_budget_usd,
        profile_usd=profile.daily_usd,
        providers_usd={
            limit.provider: limit.daily_usd
            for limit in profile.limits
            if limit.daily_usd is not None
        },
    )


def guarded_providers(
    profile: Profile,
    settings: Settings,
    database: Database,
    *,
    clock: Clock,
    occasion: str = "",
    sleep: Sleep = asyncio.sleep,
) -> Mapping[str, Provider]:
    """Return the providers of `profile` by the voter's name, those that cost money guarded.

    Parameters
    ----------
    profile, settings
        As for `create_providers`.
    database
        Where the money is counted.
    clock
        The day, and all waiting times.
    occasion
        Not empty where the same questions are asked again on purpose: the third of five samples.
    sleep
        Waits between two calls without blocking the loop.

    Raises
    ------
    ConfigurationError
        As for `create_providers`.

    Notes
    -----
    Voters of one provider share its turns and its breaker. What declares itself free, as rules do,
    stays bare; what says nothing about its price was refused when it was created.
    """
    return guard(
        create_providers(profile, settings),
        profile,
        settings,
        database,
        clock=clock,
        occasion=occasion,
        sleep=sleep,
        fallbacks=create_fallbacks(profile, settings),
    )


def guard(  # whom, for whom, and everything the guards need
    providers: Mapping[str, Provider],
    profile: Profile,
    settings: Settings,
    database: Database,
    *,
    clock: Clock,
    occasion: str = "",
    sleep: Sleep = asyncio.sleep,
    fallbacks: Mapping[str, Provider] = MappingProxyType({}),
) -> Mapping[str, Provider]:
    """Return these providers of `profile`, guarded as those of `guarded_providers`.

    Without `fallbacks`, by the voter's name, nobody stands in for anybody.
    """
    caps = caps_of(profile, settings)
    purse = Purse(database, caps, profile_hash=profile.hash, clock=clock)
    names = profile.providers
    slots = {name: asyncio.Semaphore(profile.limit_of(name).at_once) for name in names}
    breakers = {name: Breaker(name, clock=clock) for name in names}

    def guarded(voter: Voter, provider: Provider, occasion: str) -> Provider:
        if not isinstance(provider, Metered):
            return provider
        patient = RetryingProvider(provider, clock=clock, sleep=sleep)
        breaking = BreakingProvider(patient, breakers[voter.provider], clock=clock)
        paid = BudgetedProvider(
            breaking, purse, voter=voter, meter=provider, clock=clock, occasion=occasion
        )
        return LimitedProvider(paid, slots[voter.provider], clock=clock)

    def seated(voter: Voter) -> Provider:
        own = guarded(voter, providers[voter.name], occasion)
        if voter.substitute is None or voter.name not in fallbacks:
            return own
        other = guarded(voter.substitute, fallbacks[voter.name], f"{occasion} fallback")
        return FallbackProvider(own, other, voter=voter, clock=clock)

    return {voter.name: seated(voter) for voter in profile.voters if voter.name in providers}
