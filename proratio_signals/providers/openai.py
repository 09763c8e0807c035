"""ChatGPT, through OpenAI's Responses API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proratio_signals.opinions import Abstention, AbstentionKind, Usage
from proratio_signals.providers.answer_schema import ANSWER_SCHEMA, SCHEMA_NAME
from proratio_signals.providers.failure import abstain, http_abstention
from proratio_signals.providers.openai_batches import ResponsesBatches
from proratio_signals.providers.remote import MAX_OUTPUT_TOKENS, RemoteProvider, find_access
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

__all__ = ["create", "explain_openai", "open_client"]


def create(voter: Voter, settings: Settings) -> RemoteProvider:
    """Return a provider that asks OpenAI for `voter`.

    Raises
    ------
    NotConfiguredError
        OPENAI_API_KEY is not set.
    ConfigurationError
        The model has no price, or the key or OPENAI_BASE_URL is malformed.
    """
    access = find_access(
        "openai", voter, settings, key=settings.openai_api_key, url=settings.openai_base_url
    )
    request: dict[str, Any] = {
        "model": voter.model,
        "max_output_tokens": MAX_OUTPUT_TOKENS,
        "store": False,
        "text": {"format": _output_format()},
    }
    if voter.temperature is not None:
        request["temperature"] = voter.temperature
    if access.model.effort is not None:
        request["reasoning"] = {"effort": access.model.effort}
    client = open_client(access.key, access.url)
    wire = _ResponsesWire(client, request, secret=access.key)
    batches = ResponsesBatches(client, wire.body, explain=wire.explain, secret=access.key)
    return RemoteProvider(wire, access.model, secret=access.key, batches=batches)


def open_client(key: str, url: str | None) -> openai.AsyncOpenAI:
    """Return a client that never retries by itself; the caller's deadline is the only clock."""
    from openai import AsyncOpenAI

    return AsyncOpenAI(api_key=key, base_url=url, max_retries=0, timeout=60.0)


def explain_openai(error: Exception, *, secret: str) -> Abstention | None:
    """Return what an exception of OpenAI's SDK means; None when it is none of its own."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return abstain(AbstentionKind.TIMEOUT, error)
    if isinstance(error, openai.APIConnectionError):
        return abstain(AbstentionKind.CONNECTION, error)
    if isinstance(error, openai.APIStatusError):
        return http_abstention(
            error.status_code,
            message=error.message,
            code=error.code,
            retry_after=error.response.headers.get("retry-after"),
            secret=secret,
        )
    if isinstance(error, openai.OpenAIError):
        return abstain(AbstentionKind.FAILED, error)
    return None


def _output_format() -> dict[str, Any]:
    return {"type": "json_schema", "name": SCHEMA_NAME, "schema": ANSWER_SCHEMA, "strict": True}


class _Part(Envelope):
    type: str
    text: str = ""


class _Item(Envelope):
    type: str
    content: tuple[_Part, ...] | None = None


class _Tokens(Envelope):
    input_tokens: TokenCount = None
    output_tokens: TokenCount = None


class _Incomplete(Envelope):
    reason: Words = ""


class _Response(Envelope):
    model: Words = ""
    status: str
    output: tuple[_Item, ...]
    usage: _Tokens | None = None
    incomplete_details: _Incomplete | None = None


class _ResponsesWire:
    def __init__(self, client: openai.AsyncOpenAI, request: dict[str, Any], *, secret: str) -> None:
        self._client = client
        self._request = request
        self._secret = secret

    def body(self, prompt: Prompt) -> dict[str, Any]:
        """Return what `send` sends."""
        return {"instructions": prompt.system, "input": prompt.user, **self._request}

    async def send(self, prompt: Prompt, *, timeout_s: float) -> bytes:
        response = await self._client.responses.with_raw_response.create(
            instructions=prompt.system,
            input=prompt.user,
            timeout=timeout_s,
            extra_body=self._request,  # sent as it is; as parameters the SDK rebuilds it every time
        )
        body: bytes = response.http_response.content
        return body

    async def probe(self, *, timeout_s: float) -> None:
        await self._client.models.retrieve(self._request["model"], timeout=timeout_s)

    def read(self, body: str | bytes) -> Reply:
        response = read_envelope(_Response, body)
        parts = [
            part
            for item in response.output
            if item.type == "message"
            for part in item.content or ()
        ]
        tokens = response.usage or _Tokens()
        return Reply(
            text="".join(part.text for part in parts if part.type == "output_text"),
            ended=_ending(response, parts),
            served_model=response.model,
            usage=Usage(tokens.input_tokens, tokens.output_tokens),
        )

    def explain(self, error: Exception) -> Abstention | None:
        return explain_openai(error, secret=self._secret)

    async def close(self) -> None:
        await self._client.close()


def _ending(response: _Response, parts: list[_Part]) -> Abstention | None:
    if any(part.type == "refusal" for part in parts):
        return refused("the model declined to answer")
    if response.status == "completed":
        return None
    reason = response.incomplete_details.reason if response.incomplete_details else ""
    if reason == "content_filter":
        return refused("a content filter stopped the answer")
    if response.status == "incomplete":
        return truncated(f"the answer is incomplete ({reason or 'no reason given'})")
    return Abstention(AbstentionKind.FAILED, f"the response ended as {response.status[:40]!r}")
