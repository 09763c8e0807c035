"""A batch as its provider has it, and the lines of its results in the wire formats of all three."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from tests.wire.provider_bodies import AnthropicMessages, Dialect, GeminiContent, OpenAIResponses

DIALECTS: Final[dict[str, Dialect]] = {
    "openai": OpenAIResponses(),
    "anthropic": AnthropicMessages(),
    "gemini": GeminiContent(),
}
FREE: Final = frozenset({"400", "401", "429", "500", "unasked"})
"""Lines of calls that were not carried out."""


@dataclass
class FakeBatch:
    """One batch as its provider has it."""

    id: str
    provider: str
    model: str
    name: str
    requests: list[tuple[str, dict[str, Any]]]
    created_at: datetime
    looks: int = 0
    ending: str = ""
    lines: list[str] = field(default_factory=list)
    charged: int = 0

    @property
    def ended(self) -> bool:
        return bool(self.ending)


def lines_of(batch: FakeBatch, key: str, fate: str | None, say: Callable[[str], str]) -> list[str]:
    """Return the lines of one call's result."""
    dialect, model = DIALECTS[batch.provider], batch.model
    if fate in FREE:
        return [json.dumps(_failure(batch.provider, key, fate, batch.ending))]
    body: Any
    match fate:
        case "refusal":
            body = dialect.refusal(model)
        case "cut":
            body = dialect.cut(model, "{")
        case "odd":
            body = dialect.odd(model)
        case "shape":
            body = {"hello": "world"}
        case "schema":
            body = dialect.answer(model, '{"signal": "BUY"}')
        case _:
            body = dialect.answer(model, say(model))
    line = json.dumps(_success(batch.provider, key, body))
    if fate == "garbage":
        return [line[: len(line) // 2]]
    return [line, line] if fate == "twice" else [line]


def _success(provider: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    match provider:
        case "openai":
            response = {"status_code": 200, "request_id": "r", "body": body}
            return {"id": "b", "custom_id": key, "response": response, "error": None}
        case "anthropic":
            return {"custom_id": key, "result": {"type": "succeeded", "message": body}}
    return {"key": key, "response": body}


def _failure(provider: str, key: str, fate: str | None, ending: str) -> dict[str, Any]:
    message = "refused"
    match provider:
        case "openai" if fate == "unasked":
            error = {"code": f"batch_{ending}", "message": "not carried out"}
            return {"id": "b", "custom_id": key, "response": None, "error": error}
        case "openai":
            body = DIALECTS[provider].error(int(fate or 0), message)
            response = {"status_code": int(fate or 0), "request_id": "r", "body": body}
            return {"id": "b", "custom_id": key, "response": response, "error": None}
        case "anthropic" if fate == "unasked":
            kind = "canceled" if ending == "cancelled" else "expired"
            return {"custom_id": key, "result": {"type": kind}}
        case "anthropic":
            kinds = {
                "400": "invalid_request_error",
                "401": "authentication_error",
                "429": "rate_limit_error",
                "500": "api_error",
            }
            error = {"type": kinds[fate or ""], "message": message}
            response = {"type": "error", "error": error}
            return {"custom_id": key, "result": {"type": "errored", "error": response}}
    codes = {"400": 3, "401": 16, "429": 8, "500": 13, "unasked": 1}
    return {"key": key, "error": {"code": codes[fate or ""], "message": message}}


def is_error(line: str) -> bool:
    """Return whether OpenAI keeps this line in its file of errors."""
    try:
        response = json.loads(line)["response"]
    except ValueError:
        return False
    return response is None or response["status_code"] != 200


def refuse(provider: str, status: int) -> web.StreamResponse:
    """Answer as a provider that does not take what it was sent."""
    body = DIALECTS[provider].error(status, "refused")
    return web.json_response(body, status=status)
