"""Gemini, through Google's generateContent API.

Three defaults of the SDK are switched off: no time-out at all, a silent second attempt after up to
ten seconds, and automatic function calling. Its time-outs are in milliseconds.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import Field

from proratio_signals.opinions import Abstention, AbstentionKind, Usage
from proratio_signals.providers.answer_schema import ANSWER_SCHEMA
from proratio_signals.providers.failure import abstain, http_abstention
from proratio_signals.providers.gemini_batches import TIMEOUT_MS, ContentBatches
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
    from google import genai

    from proratio_core.settings import Settings
    from proratio_signals.profile import Voter
    from proratio_signals.prompts.render import Prompt

__all__ = ["create"]

_API_VERSION = "v1"
"""Said, because the SDK would otherwise let a variable of the environment choose."""

_BATCH_VERSION = "v1beta"

_LEAST_TIMEOUT_S = 10.0
"""The service refuses to be given less; our own deadline holds all the same."""

_REFUSALS = frozenset(
    ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "ESCALATION")
)


def create(voter: Voter, settings: Settings) -> RemoteProvider:
    """Return a provider that asks Google for `voter`.

    Raises
    ------
    NotConfiguredError
        GEMINI_API_KEY is not set.
    ConfigurationError
        The model has no price, or the key or GEMINI_BASE_URL is malformed.
    """
    from google import genai
    from google.genai import types

    access = find_access(
        "gemini", voter, settings, key=settings.gemini_api_key, url=settings.gemini_base_url
    )

    def open_client(version: str, *, timeout_ms: int | None = None) -> genai.Client:
        options = types.HttpOptions(
            base_url=access.url,
            api_version=version,
            timeout=timeout_ms,
            retry_options=types.HttpRetryOptions(attempts=1),
        )
        return genai.Client(vertexai=False, api_key=access.key, http_options=options)

    client = open_client(_API_VERSION)
    config: dict[str, Any] = {
        "max_output_tokens": MAX_OUTPUT_TOKENS,
        "response_mime_type": "application/json",
        "response_json_schema": ANSWER_SCHEMA,
        "should_return_http_response": True,
        "automatic_function_calling": {"disable": True},
        "temperature": voter.temperature,
    }
    if access.model.effort is not None:
        config["thinking_config"] = {"thinking_level": access.model.effort.upper()}
    wire = _GenerateContentWire(client, config, model=voter.model, secret=access.key)
    batches = ContentBatches(
        partial(open_client, _BATCH_VERSION, timeout_ms=TIMEOUT_MS),
        wire.body,
        model=voter.model,
        explain=wire.explain,
        secret=access.key,
    )
    return RemoteProvider(wire, access.model, secret=access.key, batches=batches)


class _Camel(Envelope):
    """Google writes its keys in camel case."""


class _Part(_Camel):
    text: str = ""
    thought: bool = False


class _Content(_Camel):
    parts: tuple[_Part, ...] = ()


class _Candidate(_Camel):
    content: _Content | None = None
    finish_reason: str = Field("", alias="finishReason")


class _Feedback(_Camel):
    block_reason: Words = Field("", alias="blockReason")


class _Tokens(_Camel):
    prompt: TokenCount = Field(None, alias="promptTokenCount")
    candidates: TokenCount = Field(None, alias="candidatesTokenCount")
    thoughts: TokenCount = Field(None, alias="thoughtsTokenCount")

    @property
    def output(self) -> int | None:
        """Every token written; thoughts are charged as output."""
        if self.candidates is None and self.thoughts is None:
            return None
        return (self.candidates or 0) + (self.thoughts or 0)


class _Response(_Camel):
    candidates: tuple[_Candidate, ...] = ()
    feedback: _Feedback | None = Field(None, alias="promptFeedback")
    tokens: _Tokens | None = Field(None, alias="usageMetadata")
    model: Words = Field("", alias="modelVersion")


class _GenerateContentWire:
    def __init__(
        self, client: genai.Client, config: dict[str, Any], *, model: str, secret: str
    ) -> None:
        self._client = client
        self._config = config
        self._model = model
        self._secret = secret

    def body(self, prompt: Prompt) -> dict[str, Any]:
        """Return what the SDK makes of `send`, for calls that it does not make itself."""
        config = self._config
        generation: dict[str, Any] = {
            "maxOutputTokens": config["max_output_tokens"],
            "responseMimeType": config["response_mime_type"],
            "responseJsonSchema": config["response_json_schema"],
        }
        if config["temperature"] is not None:
            generation["temperature"] = config["temperature"]
        if "thinking_config" in config:
            level = config["thinking_config"]["thinking_level"]
            generation["thinkingConfig"] = {"thinking_level": level}
        return {
            "contents": [{"parts": [{"text": prompt.user}], "role": "user"}],
            "systemInstruction": {"parts": [{"text": prompt.system}], "role": "user"},
            "generationConfig": generation,
        }

    async def send(self, prompt: Prompt, *, timeout_s: float) -> str:
        from google.genai import types

        timeout_ms = round(max(timeout_s, _LEAST_TIMEOUT_S) * 1000)
        config = types.GenerateContentConfig(
            system_instruction=prompt.system,
            http_options=types.HttpOptions(timeout=timeout_ms),
            **self._config,
        )
        response = await self._client.aio.models.generate_content(
            model=self._model, contents=prompt.user, config=config
        )
        http = response.sdk_http_response
        return (http.body or "") if http is not None else ""

    async def probe(self, *, timeout_s: float) -> None:
        from google.genai import types

        timeout_ms = round(max(timeout_s, _LEAST_TIMEOUT_S) * 1000)
        options = types.HttpOptions(timeout=timeout_ms)
        await self._client.aio.models.get(
            model=self._model, config=types.GetModelConfig(http_options=options)
        )

    def read(self, body: str | bytes) -> Reply:
        response = read_envelope(_Response, body)
        tokens = response.tokens or _Tokens()
        first = response.candidates[0] if response.candidates else _Candidate()
        parts = first.content.parts if first.content else ()
        return Reply(
            text="".join(part.text for part in parts if not part.thought),
            ended=_ending(response, first.finish_reason),
            served_model=response.model,
            usage=Usage(tokens.prompt, tokens.output),
        )

    def explain(self, error: Exception) -> Abstention | None:
        import aiohttp
        from google.genai import errors

        if isinstance(error, errors.APIError):
            return http_abstention(
                error.code if isinstance(error.code, int) else 0,
                message=error.message if isinstance(error.message, str) else None,
                code=_reason(error.details),
                retry_after=_retry_after(error.response),
                secret=self._secret,
            )
        if isinstance(error, aiohttp.ClientError | OSError):
            return abstain(AbstentionKind.CONNECTION, error)
        if isinstance(error, UnicodeDecodeError):  # the SDK reads every body as text
            return Abstention(AbstentionKind.INVALID, "the response is not text")
        return None

    async def close(self) -> None:
        await self._client.aio.aclose()
        self._client.close()


def _ending(response: _Response, finish_reason: str) -> Abstention | None:
    if response.feedback is not None and response.feedback.block_reason:
        return refused(f"the prompt was blocked ({response.feedback.block_reason})")
    if finish_reason == "STOP":
        return None
    if finish_reason in _REFUSALS:
        return refused(f"a content filter stopped the answer ({finish_reason})")
    if finish_reason in {"MAX_TOKENS", "CONTINUATION"}:
        return truncated(f"the answer is incomplete ({finish_reason})")
    if not response.candidates:
        return Abstention(AbstentionKind.INVALID, "the response holds no candidate")
    return Abstention(AbstentionKind.FAILED, f"the candidate ended as {finish_reason[:40]!r}")


def _reason(details: Any) -> str | None:
    """Return the machine-readable reason inside Google's error document."""
    try:
        found = [item["reason"] for item in details["error"]["details"] if "reason" in item]
    except (KeyError, TypeError):
        return None
    return found[0] if found and isinstance(found[0], str) else None


def _retry_after(response: Any) -> str | None:
    headers = getattr(response, "headers", None)
    return None if headers is None else headers.get("Retry-After")
