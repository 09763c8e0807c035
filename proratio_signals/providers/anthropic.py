"""Claude, through Anthropic's Messages API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proratio_signals.opinions import Abstention, AbstentionKind, Usage
from proratio_signals.providers.answer_schema import ANSWER_SCHEMA
from proratio_signals.providers.anthropic_batches import MessagesBatches
from proratio_signals.providers.failure import abstain, http_abstention
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
    import anthropic

    from proratio_core.settings import Settings
    from proratio_signals.profile import Voter
    from proratio_signals.prompts.render import Prompt

__all__ = ["create"]


def create(voter: Voter, settings: Settings) -> RemoteProvider:
    """Return a provider that asks Anthropic for `voter`.

    Raises
    ------
    NotConfiguredError
        ANTHROPIC_API_KEY is not set.
    ConfigurationError
        The model has no price, or the key or ANTHROPIC_BASE_URL is malformed.
    """
    from anthropic import AsyncAnthropic

    access = find_access(
        "anthropic",
        voter,
        settings,
        key=settings.anthropic_api_key,
        url=settings.anthropic_base_url,
    )
    output: dict[str, Any] = {"format": {"type": "json_schema", "schema": ANSWER_SCHEMA}}
    if access.model.effort is not None:
        output["effort"] = access.model.effort
    request: dict[str, Any] = {
        "model": voter.model,
        "max_tokens": MAX_OUTPUT_TOKENS,
        "output_config": output,
    }
    if voter.temperature is not None:  # the API takes it of older models, the SDK no longer does
        request["extra_body"] = {"temperature": voter.temperature}
    client = AsyncAnthropic(api_key=access.key, base_url=access.url, max_retries=0, timeout=60.0)
    wire = _MessagesWire(client, request, secret=access.key)
    batches = MessagesBatches(client, wire.body, explain=wire.explain, secret=access.key)
    return RemoteProvider(wire, access.model, secret=access.key, batches=batches)


class _Block(Envelope):
    type: str
    text: str = ""


class _Tokens(Envelope):
    input_tokens: TokenCount = None
    cache_creation_input_tokens: TokenCount = None
    cache_read_input_tokens: TokenCount = None
    output_tokens: TokenCount = None

    @property
    def all_input_tokens(self) -> int | None:
        """Every token read; the API counts those of its prompt cache apart."""
        if self.input_tokens is None:
            return None
        cached = (self.cache_creation_input_tokens or 0) + (self.cache_read_input_tokens or 0)
        return self.input_tokens + cached


class _Message(Envelope):
    model: Words = ""
    content: tuple[_Block, ...]
    stop_reason: str
    usage: _Tokens | None = None


class _MessagesWire:
    def __init__(
        self, client: anthropic.AsyncAnthropic, request: dict[str, Any], *, secret: str
    ) -> None:
        self._client = client
        self._request = request
        self._secret = secret

    def body(self, prompt: Prompt) -> dict[str, Any]:
        """Return what `send` sends."""
        request = {name: value for name, value in self._request.items() if name != "extra_body"}
        return {
            "system": prompt.system,
            "messages": [{"role": "user", "content": prompt.user}],
            **request,
            **self._request.get("extra_body", {}),
        }

    async def send(self, prompt: Prompt, *, timeout_s: float) -> bytes:
        response = await self._client.messages.with_raw_response.create(
            system=prompt.system,
            messages=[{"role": "user", "content": prompt.user}],
            timeout=timeout_s,
            **self._request,
        )
        body: bytes = response.http_response.content
        return body

    async def probe(self, *, timeout_s: float) -> None:
        await self._client.models.retrieve(self._request["model"], timeout=timeout_s)

    def read(self, body: str | bytes) -> Reply:
        message = read_envelope(_Message, body)
        tokens = message.usage or _Tokens()
        return Reply(
            text="".join(block.text for block in message.content if block.type == "text"),
            ended=_ending(message.stop_reason),
            served_model=message.model,
            usage=Usage(tokens.all_input_tokens, tokens.output_tokens),
        )

    def explain(self, error: Exception) -> Abstention | None:
        import anthropic

        if isinstance(error, anthropic.APITimeoutError):
            return abstain(AbstentionKind.TIMEOUT, error)
        if isinstance(error, anthropic.APIConnectionError):
            return abstain(AbstentionKind.CONNECTION, error)
        if isinstance(error, anthropic.APIStatusError):
            return http_abstention(
                error.status_code,
                message=error.message,
                retry_after=error.response.headers.get("retry-after"),
                secret=self._secret,
            )
        if isinstance(error, anthropic.AnthropicError):
            return abstain(AbstentionKind.FAILED, error)
        return None

    async def close(self) -> None:
        await self._client.close()


def _ending(stop_reason: str) -> Abstention | None:
    match stop_reason:
        case "end_turn":
            return None
        case "refusal":
            return refused("the model declined to answer")
        case "max_tokens" | "model_context_window_exceeded":
            return truncated(f"the answer is incomplete ({stop_reason})")
    return Abstention(AbstentionKind.FAILED, f"the message ended as {stop_reason[:40]!r}")
