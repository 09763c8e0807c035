"""Older and newer forms of the wire formats that mean the same, and usage that makes no sense.

A provider adds fields and kinds of blocks without notice, and gateways leave some out; an answer in
any of these forms is the same answer.
"""

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

_USAGE = {
    OpenAIResponses: ("usage", "input_tokens", "output_tokens"),
    OpenAIChat: ("usage", "prompt_tokens", "completion_tokens"),
    AnthropicMessages: ("usage", "input_tokens", "output_tokens"),
    GeminiContent: ("usageMetadata", "promptTokenCount", "candidatesTokenCount"),
}
"""Where each dialect counts tokens."""
_NONSENSE = (-1, "many", 1.5, None, True, 2**40, [], {"n": 1}, "9" * 300)


def another_version(dialect: Dialect, model: str, text: str, rng: Random) -> dict[str, Any]:
    """Return the answer `text` in an older or a newer form of the format."""
    body = dialect.answer(model, text)
    if rng.random() < 0.5:
        body["service_tier_of_tomorrow"] = {"nested": [1, {"deep": None}]}
        body["usage_v9"] = {"tokens": "unknown"}
    match dialect:
        case OpenAIResponses():
            _another_response(body, text, rng)
        case OpenAIChat():
            message = body["choices"][0]["message"]
            message["reasoning_content"] = "hmm"
            if rng.random() < 0.5:
                del message["refusal"]
        case AnthropicMessages():
            _another_message(body, text, rng)
        case GeminiContent():
            _another_content(body, text, rng)
    return body


def _another_response(body: dict[str, Any], text: str, rng: Random) -> None:
    message = body["output"][-1]
    if rng.random() < 0.5:
        body["output"] = [message]  # before there were reasoning items
    else:
        body["output"].insert(0, {"type": "code_interpreter_call_v2", "outputs": None})
    if rng.random() < 0.5:
        cut = rng.randrange(len(text))
        message["content"] = [
            {"type": "output_text", "text": part} for part in (text[:cut], text[cut:])
        ]
    if rng.random() < 0.3:
        del body["incomplete_details"], body["error"]


def _another_message(body: dict[str, Any], text: str, rng: Random) -> None:
    if rng.random() < 0.5:
        body["content"] = body["content"][1:]  # before there were thinking blocks
    else:
        body["content"].insert(0, {"type": "redacted_thinking", "data": "x"})
    if rng.random() < 0.5:
        cut = rng.randrange(len(text))
        body["content"][-1:] = [{"type": "text", "text": part} for part in (text[:cut], text[cut:])]
    if rng.random() < 0.5:
        body["usage"]["cache_read_input_tokens"] = None
        body["usage"]["input_tokens"] += 100


def _another_content(body: dict[str, Any], text: str, rng: Random) -> None:
    candidate = body["candidates"][0]
    cut = rng.randrange(len(text))
    candidate["content"]["parts"] = [
        {"text": "thinking aloud", "thought": True},
        {"text": text[:cut]},
        {"text": text[cut:], "thoughtSignature": "s"},
    ]
    if rng.random() < 0.5:
        body["usageMetadata"].pop("thoughtsTokenCount")
        body["usageMetadata"]["candidatesTokenCount"] += 50
    if rng.random() < 0.5:
        candidate.pop("index")
        candidate["safetyRatings"] = [{"category": "NEW", "probability": "NEGLIGIBLE"}]


def with_senseless_usage(dialect: Dialect, model: str, text: str, rng: Random) -> dict[str, Any]:
    """Return the answer `text` whose token counts are missing, negative, text or absurd."""
    body = dialect.answer(model, text)
    place, read, written = _USAGE[type(dialect)]
    match rng.randrange(3):
        case 0:
            body.pop(place)
        case 1:
            body[place] = {}
        case _:
            body[place][rng.choice((read, written))] = rng.choice(_NONSENSE)
    return body


def with_runaway_usage(dialect: Dialect, model: str, text: str, rng: Random) -> dict[str, Any]:
    """Return the answer `text` with far more tokens than were asked for, but plausible ones."""
    body = dialect.answer(model, text)
    place, _, written = _USAGE[type(dialect)]
    body[place][written] = rng.randrange(50_000, 400_000)
    return body
