"""The bodies of the four wire formats, as the services send them and the SDKs read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

INPUT_TOKENS = 1_000
OUTPUT_TOKENS = 200


def opinion_text(**changes: Any) -> str:
    """Return a valid answer, changed as told; a change to `...` removes the key."""
    answer: dict[str, Any] = {
        "action": "BUY",
        "confidence": 0.8,
        "expected_return_frac": 0.02,
        "horizon_candles": 12,
        "reasoning": "EMA20 above EMA50 on rising volume",
        "factors": ["trend"],
        "risks": ["funding"],
    } | changes
    return json.dumps({key: value for key, value in answer.items() if value is not ...})


@dataclass(frozen=True)
class OpenAIResponses:
    """`POST /v1/responses`."""

    def answer(self, model: str, text: str) -> dict[str, Any]:
        return self._response(model, [{"type": "output_text", "text": text, "annotations": []}])

    def refusal(self, model: str) -> dict[str, Any]:
        return self._response(model, [{"type": "refusal", "refusal": "I cannot help with that."}])

    def filtered(self, model: str) -> dict[str, Any]:
        return self._response(model, [], incomplete="content_filter")

    def cut(self, model: str, text: str) -> dict[str, Any]:
        part = {"type": "output_text", "text": text, "annotations": []}
        return self._response(model, [part], incomplete="max_output_tokens")

    def odd(self, model: str) -> dict[str, Any]:
        return self._response(model, []) | {"status": "failed", "usage": None}

    def error(self, status: int, message: str) -> dict[str, Any]:
        return {"error": {"message": message, "type": "error", "param": None, "code": f"e{status}"}}

    def _response(
        self, model: str, parts: list[dict[str, Any]], *, incomplete: str | None = None
    ) -> dict[str, Any]:
        status = "incomplete" if incomplete else "completed"
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 1,
            "model": f"{model}-served",
            "status": status,
            "error": None,
            "incomplete_details": {"reason": incomplete} if incomplete else None,
            "output": [
                {"id": "rs_1", "type": "reasoning", "summary": []},
                {
                    "id": "msg_1",
                    "type": "message",
                    "role": "assistant",
                    "status": status,
                    "content": parts,
                },
            ],
            "usage": {
                "input_tokens": INPUT_TOKENS,
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": OUTPUT_TOKENS,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
            },
        }


@dataclass(frozen=True)
class OpenAIChat:
    """`POST /v1/chat/completions`, which compatible servers speak."""

    def answer(self, model: str, text: str) -> dict[str, Any]:
        return self._completion(model, text)

    def refusal(self, model: str) -> dict[str, Any]:
        return self._completion(model, None, refusal="I cannot help with that.")

    def filtered(self, model: str) -> dict[str, Any]:
        return self._completion(model, "", finish="content_filter")

    def cut(self, model: str, text: str) -> dict[str, Any]:
        return self._completion(model, text, finish="length")

    def odd(self, model: str) -> dict[str, Any]:
        return self._completion(model, "", finish="tool_calls") | {"usage": None}

    def error(self, status: int, message: str) -> dict[str, Any]:
        return OpenAIResponses().error(status, message)

    def _completion(
        self, model: str, text: str | None, *, finish: str = "stop", refusal: str | None = None
    ) -> dict[str, Any]:
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": f"{model}-served",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "logprobs": None,
                    "message": {"role": "assistant", "content": text, "refusal": refusal},
                }
            ],
            "usage": {
                "prompt_tokens": INPUT_TOKENS,
                "completion_tokens": OUTPUT_TOKENS,
                "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
            },
        }


@dataclass(frozen=True)
class AnthropicMessages:
    """`POST /v1/messages`."""

    def answer(self, model: str, text: str) -> dict[str, Any]:
        return self._message(model, text)

    def refusal(self, model: str) -> dict[str, Any]:
        return self._message(model, "", stop="refusal")

    def filtered(self, model: str) -> dict[str, Any]:
        return self._message(model, "", stop="refusal")

    def cut(self, model: str, text: str) -> dict[str, Any]:
        return self._message(model, text, stop="max_tokens")

    def odd(self, model: str) -> dict[str, Any]:
        return self._message(model, "", stop="pause_turn") | {"usage": {}}

    def error(self, status: int, message: str) -> dict[str, Any]:
        return {"type": "error", "error": {"type": f"e{status}", "message": message}}

    def _message(self, model: str, text: str, *, stop: str = "end_turn") -> dict[str, Any]:
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": f"{model}-served",
            "content": [
                {"type": "thinking", "thinking": "", "signature": "s"},
                {"type": "text", "text": text},
            ],
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": {
                "input_tokens": INPUT_TOKENS - 100,
                "cache_read_input_tokens": 100,
                "output_tokens": OUTPUT_TOKENS,
            },
        }


@dataclass(frozen=True)
class GeminiContent:
    """`POST /v1/models/MODEL:generateContent`."""

    def answer(self, model: str, text: str) -> dict[str, Any]:
        return self._content(model, text)

    def refusal(self, model: str) -> dict[str, Any]:
        return self._content(model, "", finish="SAFETY")

    def filtered(self, model: str) -> dict[str, Any]:
        return {
            "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
            "usageMetadata": {"promptTokenCount": INPUT_TOKENS},
            "modelVersion": f"{model}-served",
        }

    def cut(self, model: str, text: str) -> dict[str, Any]:
        return self._content(model, text, finish="MAX_TOKENS")

    def odd(self, model: str) -> dict[str, Any]:
        return self._content(model, "", finish="UNEXPECTED_TOOL_CALL") | {"usageMetadata": None}

    def error(self, status: int, message: str) -> dict[str, Any]:
        details = []
        if status == 401:  # the service answers a bad key with 400 and this reason
            status = 400
            details = [{"reason": "API_KEY_INVALID", "domain": "googleapis.com"}]
        error = {"code": status, "message": message, "status": "ERROR", "details": details}
        return {"error": error}

    def _content(self, model: str, text: str, *, finish: str = "STOP") -> dict[str, Any]:
        return {
            "candidates": [
                {
                    "index": 0,
                    "finishReason": finish,
                    "content": {"role": "model", "parts": [{"text": text}]},
                }
            ],
            "usageMetadata": {
                "promptTokenCount": INPUT_TOKENS,
                "candidatesTokenCount": OUTPUT_TOKENS - 50,
                "thoughtsTokenCount": 50,
                "totalTokenCount": INPUT_TOKENS + OUTPUT_TOKENS,
            },
            "modelVersion": f"{model}-served",
        }


Dialect = OpenAIResponses | OpenAIChat | AnthropicMessages | GeminiContent
