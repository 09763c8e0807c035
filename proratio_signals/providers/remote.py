"""A provider behind an SDK: one deadline, one translation of every failure, one price."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from pydantic import SecretStr

from proratio_core.clock import Clock, SystemClock
from proratio_core.errors import ConfigurationError, ProviderError
from proratio_signals.models import USER_FILE, Model, load_models
from proratio_signals.opinions import Abstention, AbstentionKind, Answer, Opinion, Usage
from proratio_signals.providers.base import NotConfiguredError
from proratio_signals.providers.reply import Reply

if TYPE_CHECKING:
    from proratio_core.settings import Settings
    from proratio_signals.profile import Voter
    from proratio_signals.prompts.render import Prompt
    from proratio_signals.providers.batching import BatchWire

__all__ = [
    "FRAMING_TOKENS",
    "MAX_OUTPUT_TOKENS",
    "Access",
    "RemoteProvider",
    "Wire",
    "check_url",
    "find_access",
    "require_key",
    "worst_usage",
]

MAX_OUTPUT_TOKENS = 8_192
"""Bounds what one answer can cost; thinking counts, an answer itself has a few hundred."""
FRAMING_TOKENS = 4_000
"""Bounds what a provider adds to a prompt: the answer's schema (2 kB) and words about it."""


class Wire(Protocol):
    """One SDK: how it is asked, what its responses mean, what its exceptions mean."""

    async def send(self, prompt: Prompt, *, timeout_s: float) -> str | bytes:
        """Return the body of the response to `prompt`; raise whatever the SDK raises."""
        ...

    async def probe(self, *, timeout_s: float) -> None:
        """Ask about the model itself, which costs nothing; raise whatever the SDK raises."""
        ...

    def read(self, body: str | bytes) -> Reply:
        """Return what the body says; raise `ProviderError` when it has another shape."""
        ...

    def explain(self, error: Exception) -> Abstention | None:
        """Return what an exception of the SDK means; None when it is none of the SDK's."""
        ...

    async def close(self) -> None:
        """Give back the connections."""
        ...


class RemoteProvider:
    """Asks a language model through its SDK.

    Parameters
    ----------
    wire
        The SDK.
    model
        What is asked for, with its price.
    secret
        The key it is asked with. An answer that tells it is thrown away: what is said is kept for
        good, and shown.
    batches
        The provider's batch API; None where it has none.
    clock
        For the latency, and for the price of the day.
    """

    def __init__(
        self,
        wire: Wire,
        model: Model,
        *,
        secret: str = "",
        batches: BatchWire | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.batches = batches
        self._wire = wire
        self._model = model
        self._secret = secret
        self._clock = clock or SystemClock()

    async def ask(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        """Return the model's answer; every expected failure is an abstention."""
        started_s = self._clock.monotonic()
        try:
            async with asyncio.timeout(deadline_s):
                reply = self._wire.read(await self._wire.send(prompt, timeout_s=deadline_s))
        except TimeoutError:
            detail = f"no complete answer within {deadline_s:g} s"
            reply = Reply("", Abstention(AbstentionKind.TIMEOUT, detail))
        except ProviderError as error:
            reply = Reply("", Abstention(AbstentionKind.INVALID, str(error)))
        except Exception as error:
            explained = self._wire.explain(error)
            if explained is None:
                raise
            reply = Reply("", explained)
        return self._answer(
            reply,
            latency_s=self._clock.monotonic() - started_s,
            cost_usd=self._cost_usd(reply.usage),
        )

    async def probe_access(self, *, timeout_s: float) -> Abstention | None:
        """Return why this model could not be asked with this key; None when it can.

        Nothing is generated, so nothing is charged.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._wire.probe(timeout_s=timeout_s)
        except TimeoutError:
            return Abstention(AbstentionKind.TIMEOUT, f"no answer within {timeout_s:g} s")
        except Exception as error:
            explained = self._wire.explain(error)
            if explained is None:
                raise
            return explained
        return None

    def worst_case_usd(self, prompt: Prompt) -> float:
        """Return the most that one call with `prompt` can be charged, in US dollars."""
        return self._cost_usd(worst_usage(prompt)) or 0.0

    def batch_worst_case_usd(self, prompt: Prompt, *, on: date) -> float:
        """Return the most that `prompt` can be charged in a batch submitted on the day `on`.

        Raises
        ------
        ConfigurationError
            The registry has no batch price of the model.
        """
        return self._model.batch_cost_usd(worst_usage(prompt), on=on) or 0.0

    def batch_answer(self, body: str, *, on: date, latency_s: float) -> Answer:
        """Return what a body in the results of a batch says, by the same rules as a live one."""
        try:
            reply = self._wire.read(body)
        except ProviderError as error:
            reply = Reply("", Abstention(AbstentionKind.INVALID, str(error)))
        cost_usd = self._model.batch_cost_usd(reply.usage, on=on)
        return self._answer(reply, latency_s=latency_s, cost_usd=cost_usd)

    async def close(self) -> None:
        """Give back the connections."""
        if self.batches is not None:
            await self.batches.close()
        await self._wire.close()

    def _answer(self, reply: Reply, *, latency_s: float, cost_usd: float | None) -> Answer:
        result, served_model = reply.result, reply.served_model
        if self._secret and self._secret in "\n".join((served_model, *_words(result))):
            detail = "the answer tells the key it was asked with; nothing of it is kept"
            result, served_model = Abstention(AbstentionKind.INVALID, detail), ""
        return Answer(
            result=result,
            served_model=served_model,
            usage=reply.usage,
            latency_s=latency_s,
            cost_usd=cost_usd,
        )

    def _cost_usd(self, usage: Usage) -> float | None:
        return self._model.cost_usd(usage, on=self._clock.now().date())


def _words(result: Opinion | Abstention) -> tuple[str, ...]:
    """Return everything in a result that is somebody else's text."""
    if isinstance(result, Abstention):
        return (result.detail,)
    return (result.reasoning, *result.factors, *result.risks)


def worst_usage(prompt: Prompt) -> Usage:
    """Return more tokens than one call with `prompt` can use.

    A token is at least one byte of UTF-8, so a prompt never has more tokens than bytes; the answer,
    thoughts included, is cut off at `MAX_OUTPUT_TOKENS`.
    """
    prompt_bytes = len(prompt.system.encode()) + len(prompt.user.encode())
    return Usage(prompt_bytes + FRAMING_TOKENS, MAX_OUTPUT_TOKENS)


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """What a voter's model is reached with; it has no `repr`, for it holds the key."""

    model: Model
    key: str
    url: str | None


def find_access(
    provider: str, voter: Voter, settings: Settings, *, key: SecretStr | None, url: str | None
) -> Access:
    """Return how `voter` reaches its model at `provider`, whose variables are named after it.

    Raises
    ------
    NotConfiguredError
        PROVIDER_API_KEY is not set.
    ConfigurationError
        The model has no price, or the key or PROVIDER_BASE_URL is malformed.
    """
    variable = provider.upper()
    return Access(
        model=load_models(settings.user_data / USER_FILE).find(provider, voter.model),
        key=require_key(key, variable=f"{variable}_API_KEY", voter=voter.name),
        url=check_url(url, variable=f"{variable}_BASE_URL"),
    )


def require_key(secret: SecretStr | None, *, variable: str, voter: str) -> str:
    """Return the key that `variable` holds.

    Raises
    ------
    NotConfiguredError
        It is not set.
    ConfigurationError
        It holds characters no key has; the message does not quote it.
    """
    key = "" if secret is None else secret.get_secret_value().strip()
    if not key:
        raise NotConfiguredError(
            f"voter {voter!r} needs {variable}, which is not set; "
            "put it into .env, or choose another profile (offline needs no key)"
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError(
            f"{variable} holds a space or a character that no key has; copy the key again"
        )
    return key


def check_url(url: str | None, *, variable: str) -> str | None:
    """Return `url` if it is an HTTP address or None.

    Raises
    ------
    ConfigurationError
        It is another thing; the message does not quote it, for it may hold a password.
    """
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(
            f"{variable} is not an HTTP address; write e.g. http://localhost:11434/v1"
        )
    return url
