"""The ways in which each provider says that an answer is not to be used, whatever text it holds."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.wire.provider_bodies import (
    AnthropicMessages,
    Dialect,
    GeminiContent,
    OpenAIChat,
    OpenAIResponses,
)

_OPENAI = ("incomplete", "failed", "cancelled", "queued", "in_progress", "")
_OPENAI_REASONS = ("max_output_tokens", "content_filter", "", None)
_CHAT = ("length", "content_filter", "tool_calls", "function_call", "", None)
_ANTHROPIC = (
    *("max_tokens", "refusal", "tool_use", "pause_turn", "stop_sequence"),
    *("model_context_window_exceeded", "compaction", ""),
)
_GEMINI = (
    *("MAX_TOKENS", "SAFETY", "RECITATION", "LANGUAGE", "OTHER", "BLOCKLIST", "SPII"),
    *("PROHIBITED_CONTENT", "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "IMAGE_SAFETY"),
    *("FINISH_REASON_UNSPECIFIED", "NO_IMAGE", "TOO_MANY_TOOL_CALLS", "", "stop"),
)
_GEMINI_BLOCKS = ("SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY")


def ended_badly(dialect: Dialect, model: str, text: str, rng: Random) -> dict[str, Any]:
    """Return a body that holds `text` whole and says that it must not be used."""
    body = dialect.answer(model, text)
    match dialect:
        case OpenAIResponses():
            _end_response(body, rng)
        case OpenAIChat():
            choice = body["choices"][0]
            if rng.random() < 0.3:
                choice["message"]["refusal"] = "I cannot help with that."
            else:
                choice["finish_reason"] = rng.choice(_CHAT)
        case AnthropicMessages():
            body["stop_reason"] = rng.choice(_ANTHROPIC)
        case GeminiContent():
            if rng.random() < 0.3:
                body["promptFeedback"] = {"blockReason": rng.choice(_GEMINI_BLOCKS)}
            else:
                body["candidates"][0]["finishReason"] = rng.choice(_GEMINI)
    return body


def _end_response(body: dict[str, Any], rng: Random) -> None:
    if rng.random() < 0.3:
        refusal = {"type": "refusal", "refusal": "I cannot help with that."}
        body["output"][-1]["content"].append(refusal)
        return
    body["status"] = rng.choice(_OPENAI)
    body["incomplete_details"] = {"reason": rng.choice(_OPENAI_REASONS)}
