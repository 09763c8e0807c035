"""From the names in a profile to providers that can be asked.

Providers are plugins: an entry point of the group `proratio.providers` maps a name to a `Create`
function. The built-in ones are registered the same way, in `pyproject.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, ClassVar

from proratio_core.errors import ConfigurationError
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Usage
from proratio_signals.providers.base import (
    Create,
    Metered,
    NotConfiguredError,
    Provider,
    declares_free,
)

if TYPE_CHECKING:
    from proratio_core.settings import Settings
    from proratio_signals.profile import Profile, Voter
    from proratio_signals.prompts.render import Prompt

__all__ = ["GROUP", "create_fallbacks", "create_providers", "find_provider"]

GROUP = "proratio.providers"


def find_provider(name: str) -> Create:
    """Return the function that creates providers called `name`.

    Raises
    ------
    ConfigurationError
        No installed package registers it, or what it registers cannot be imported.
    """
    found = entry_points(group=GROUP)
    if name not in found.names:
        raise ConfigurationError(
            f"provider {name!r} is not installed; there are: {', '.join(sorted(found.names))}. "
            f"A plugin registers one under [project.entry-points.{GROUP!r}]"
        )
    try:
        create: Create = found[name].load()
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"provider {name!r} cannot be loaded: {error}") from error
    return create


def create_providers(profile: Profile, settings: Settings) -> Mapping[str, Provider]:
    """Return a provider for every voter of `profile`, by the voter's name.

    A voter without its key abstains from every vote as long as the others can hold the quorum; when
    they cannot, no vote could ever act and nothing is created.

    Raises
    ------
    ConfigurationError
        Keys are missing that the quorum needs, a provider, a model or a price is unknown, or a
        provider does not say what its calls cost.
    """
    providers: dict[str, Provider] = {}
    missing: dict[str, NotConfiguredError] = {}
    for voter in profile.voters:
        try:
            providers[voter.name] = _create(voter, settings)
        except NotConfiguredError as error:
            missing[voter.name] = error
            providers[voter.name] = _Absent(str(error))
    if missing and not _can_hold_quorum(profile, absent=missing):
        reasons = "; ".join(str(error) for error in missing.values())
        raise NotConfiguredError(
            f"profile {profile.name!r} cannot reach its quorum without {', '.join(missing)}: "
            f"{reasons}"
        )
    return providers


def _create(voter: Voter, settings: Settings) -> Provider:
    """Return the provider of a seat, if the budget can know what it costs."""
    provider = find_provider(voter.provider)(voter, settings)
    if isinstance(provider, Metered) or declares_free(provider):
        return provider
    raise ConfigurationError(
        f"provider {voter.provider!r} (voter {voter.name!r}) does not say what its calls cost, so "
        "no budget could hold it; its author has to add worst_case_usd(prompt), or is_free = True "
        "where they cost nothing"
    )


def create_fallbacks(profile: Profile, settings: Settings) -> Mapping[str, Provider]:
    """Return the provider of each fallback of `profile`, by the voter's name.

    One without its key abstains: it changes nothing as long as it is not needed.

    Raises
    ------
    ConfigurationError
        A provider, a model or a price is unknown, or a provider does not say what its calls cost.
    """
    providers: dict[str, Provider] = {}
    for voter in profile.voters:
        if voter.substitute is not None:
            try:
                providers[voter.name] = _create(voter.substitute, settings)
            except NotConfiguredError as error:
                providers[voter.name] = _Absent(str(error))
    return providers


def _can_hold_quorum(profile: Profile, *, absent: Mapping[str, NotConfiguredError]) -> bool:
    present: list[Voter] = [voter for voter in profile.voters if voter.name not in absent]
    share = sum(voter.weight for voter in present) / sum(voter.weight for voter in profile.voters)
    quorum = profile.quorum
    return len(present) >= quorum.minimum_voters and share >= quorum.minimum_weight_frac


class _Absent:
    """Stands in for a voter that is not configured."""

    is_free: ClassVar[bool] = True

    def __init__(self, reason: str) -> None:
        self._result = Abstention(AbstentionKind.NOT_CONFIGURED, reason)

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:  # noqa: ARG002  # the seam
        return Answer(self._result, "", Usage(), latency_s=0.0, cost_usd=None)

    async def close(self) -> None:
        return None
