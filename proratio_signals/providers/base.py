"""The seam to whoever votes: one method to ask, one to close, and a word about the price."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from proratio_core.errors import ConfigurationError
from proratio_signals.opinions import Answer

if TYPE_CHECKING:
    from proratio_core.settings import Settings
    from proratio_signals.profile import Voter
    from proratio_signals.prompts.render import Prompt

__all__ = ["Create", "Metered", "NotConfiguredError", "Provider", "declares_free"]


class NotConfiguredError(ConfigurationError):
    """A voter's key or address is missing; a relaxed quorum may do without that voter."""


class Provider(Protocol):
    """One voter's connection to a model, or to a set of rules; long-lived, used by one loop."""

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        """Return the answer to `prompt`, or an abstention after at most `deadline_s` seconds.

        Expected failures (time-outs, refusals, invalid answers, broken connections) are
        abstentions, never exceptions. Cancelling the call releases its connection.
        """
        ...

    async def close(self) -> None:
        """Give back the connections; the provider is not used afterwards."""
        ...


@runtime_checkable
class Metered(Provider, Protocol):
    """A provider whose calls cost money; one that is not metered must declare itself free."""

    def worst_case_usd(self, prompt: Prompt) -> float:
        """Return the most that one call with `prompt` can be charged, in US dollars."""
        ...


def declares_free(provider: object) -> bool:
    """Whether a provider says, by `is_free = True`, that its calls never cost anything.

    Saying nothing is not enough: a provider without a price would pass every budget.
    """
    return getattr(provider, "is_free", False) is True


Create = Callable[["Voter", "Settings"], Provider]
"""What an entry point of the group `proratio.providers` names.

What it returns is `Metered`, or carries `is_free = True`; anything else is refused. It raises
`NotConfiguredError` when the key or the address is missing, and `ConfigurationError` when the model
or its price is unknown.
"""
