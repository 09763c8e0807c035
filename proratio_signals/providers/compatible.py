"""Any server that speaks OpenAI's chat completions: Ollama, vLLM, LM Studio, gateways."""

from __future__ import annotations

import ipaddress
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from proratio_signals.models import USER_FILE, Model, Price, load_models
from proratio_signals.opinions import Abstention, AbstentionKind, Usage
from proratio_signals.providers.answer_schema import ANSWER_SCHEMA, SCHEMA_NAME
from proratio_signals.providers.base import NotConfiguredError
from proratio_signals.providers.openai import explain_openai, open_client
from proratio_signals.providers.remote import (
    MAX_OUTPUT_TOKENS,
    RemoteProvider,
    check_url,
    require_key,
)
from proratio_signals.providers.reply import (
    Envelope,
    Reply,
    TokenCount,
    Words,
    read_envelope,
    refused,
    truncated,
)

if TYPE_CHECKING:
    import openai

    from proratio_core.settings import Settings
    from proratio_signals.profile import Voter
    from proratio_signals.prompts.render import Prompt

__all__ = ["create", "model_at"]

_NO_KEY = "none"
"""Sent where no key is set: local servers ignore it, the SDK insists on one."""


def create(voter: Voter, settings: Settings) -> RemoteProvider:
    """Return a provider that asks the server at PRORATIO_COMPATIBLE_BASE_URL for `voter`.

    A model that is not registered is free when the server is in the own network.

    Raises
    ------
    NotConfiguredError
        PRORATIO_COMPATIBLE_BASE_URL is not set.
    ConfigurationError
        It is malformed, or the server is on the internet and the model has no price.
    """
    variable = "PRORATIO_COMPATIBLE_BASE_URL"
    url = check_url(settings.compatible_base_url, variable=variable)
    if url is None:
        raise NotConfiguredError(
            f"voter {voter.name!r} needs {variable}, which is not set; "
            "write e.g. http://localhost:11434/v1 for Ollama"
        )
    key = ""
    if settings.compatible_api_key is not None:
        key = require_key(
            settings.compatible_api_key, variable="PRORATIO_COMPATIBLE_API_KEY", voter=voter.name
        )
    model = model_at(voter.model, url, settings)
    request: dict[str, Any] = {
        "model": voter.model,
        "max_tokens": MAX_OUTPUT_TOKENS,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": SCHEMA_NAME, "schema": ANSWER_SCHEMA, "strict": True},
        },
    }
    if voter.temperature is not None:
        request["temperature"] = voter.temperature
    if model.effort is not None:
        request["reasoning_effort"] = model.effort
    wire = _ChatWire(open_client(key or _NO_KEY, url), request, secret=key)
    return RemoteProvider(wire, model, secret=key)


def model_at(name: str, url: str, settings: Settings) -> Model:
    """Return the registered model, or a free one on a server in the own network.

    Raises
    ------
    ConfigurationError
        The server is on the internet and the model has no price.
    """
    models = load_models(settings.user_data / USER_FILE)
    if ("compatible", name) in models or not _is_private(urlsplit(url).hostname or ""):
        return models.find("compatible", name)
    free = Price(
        since=date.min,
        input_usd=0.0,
        output_usd=0.0,
        source="a server in the own network charges nothing per token",
        read_on=date.min,
    )
    return Model(provider="compatible", id=name, prices=(free,))


def _is_private(host: str) -> bool:
    """Whether `host` is this machine or in its network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))


class _Message(Envelope):
    content: str | None = None
    refusal: str | None = None


class _Choice(Envelope):
    message: _Message
    finish_reason: str | None = None


class _Tokens(Envelope):
    prompt_tokens: TokenCount = None
    completion_tokens: TokenCount = None


class _Completion(Envelope):
    model: Words = ""
    choices: tuple[_Choice, ...]
    usage: _Tokens | None = None


class _ChatWire:
    def __init__(self, client: openai.AsyncOpenAI, request: dict[str, Any], *, secret: str) -> None:
        self._client = client
        self._request = request
        self._secret = secret

    async def send(self, prompt: Prompt, *, timeout_s: float) -> bytes:
        response = await self._client.chat.completions.with_raw_response.create(
            messages=[
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": prompt.user},
            ],
            timeout=timeout_s,
            **self._request,
        )
        body: bytes = response.http_response.content
        return body

    async def probe(self, *, timeout_s: float) -> None:
        await self._client.models.retrieve(self._request["model"], timeout=timeout_s)

    def read(self, body: str | bytes) -> Reply:
        completion = read_envelope(_Completion, body)
        tokens = completion.usage or _Tokens()
        choice = completion.choices[0] if completion.choices else _Choice(message=_Message())
        return Reply(
            text=choice.message.content or "",
            ended=_ending(choice),
            served_model=completion.model,
            usage=Usage(tokens.prompt_tokens, tokens.completion_tokens),
        )

    def explain(self, error: Exception) -> Abstention | None:
        return explain_openai(error, secret=self._secret)

    async def close(self) -> None:
        await self._client.close()


def _ending(choice: _Choice) -> Abstention | None:
    if choice.message.refusal:
        return refused("the model declined to answer")
    match choice.finish_reason:
        case "stop":
            return None
        case "content_filter":
            return refused("a content filter stopped the answer")
        case "length":
            return truncated("the answer is incomplete (length)")
    reason = (choice.finish_reason or "nothing")[:40]
    return Abstention(AbstentionKind.FAILED, f"the completion ended as {reason!r}")
