"""The batch endpoints of the fake providers, in the wire formats of all three.

A batch is carried out when it has been looked at `looks` times, or when `hold` is taken back. What
it answers and how it ends is told beforehand:

    fake.batches.endings["openai"] = "expired"        # after half of the calls
    fake.batches.line = lambda provider, index: "refusal" if index == 3 else None
    fake.batches.lost.add("gemini")                    # carried out, but the reply never arrives

`bill_usd` is what the services would charge: batch prices, for calls that were carried out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from proratio_signals.models import Models
from proratio_signals.opinions import Usage
from tests.wire.provider_bodies import (
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    AnthropicMessages,
    Dialect,
    GeminiContent,
    OpenAIResponses,
)

if TYPE_CHECKING:
    from tests.wire.fake_providers import FakeProviders

_DIALECTS: Final[dict[str, Dialect]] = {
    "openai": OpenAIResponses(),
    "anthropic": AnthropicMessages(),
    "gemini": GeminiContent(),
}
_FREE: Final = frozenset({"400", "401", "429", "500", "unasked"})
"""Lines of calls that were not carried out."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


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


class FakeBatches:
    """What was uploaded and created, and what shall happen to it."""

    def __init__(self, server: FakeProviders) -> None:
        self._server = server
        self.reset()

    def reset(self) -> None:
        """Forget everything; the next batches are carried out at once and without faults."""
        self.all: list[FakeBatch] = []
        self.uploads: dict[str, bytes] = {}
        self.looks = 1
        self.hold = False
        self.endings: dict[str, str] = {}
        self.lost: set[str] = set()
        self.never_arrives: set[str] = set()
        self.refusals: dict[str, int] = {}
        self.upload_refusals: dict[str, int] = {}
        self.forgotten: set[str] = set()
        self.torn: dict[str, int] = {}
        self.archived = False
        self.no_upload_address = False
        self.line: Callable[[str, int], str | None] = lambda *_: None

    def asked(self) -> Counter[tuple[str, str]]:
        """Return how often each provider was handed each call."""
        return Counter((batch.provider, key) for batch in self.all for key, _ in batch.requests)

    def bill_usd(self, models: Models) -> float:
        """Return what is charged for calls that were carried out, at batch prices."""
        usage, today = Usage(INPUT_TOKENS, OUTPUT_TOKENS), datetime.now(UTC).date()
        return sum(
            batch.charged
            * (models.find(batch.provider, batch.model).batch_cost_usd(usage, on=today) or 0.0)
            for batch in self.all
        )

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve the endpoints."""
        for method, path, handler in (
            ("POST", "/v1/files", self._openai_upload),
            ("GET", "/v1/files/{id}/content", self._openai_content),
            ("POST", "/v1/batches", self._openai_create),
            ("GET", "/v1/batches", self._openai_list),
            ("GET", "/v1/batches/{id}", self._openai_look),
            ("POST", "/v1/messages/batches", self._anthropic_create),
            ("GET", "/v1/messages/batches", self._anthropic_list),
            ("GET", "/v1/messages/batches/{id}", self._anthropic_look),
            ("GET", "/v1/messages/batches/{id}/results", self._anthropic_results),
            ("POST", "/upload/v1beta/files", self._gemini_start_upload),
            ("POST", "/upload/v1beta/files/{id}", self._gemini_upload),
            ("POST", "/v1beta/models/{call}", self._gemini_create),
            ("GET", "/v1beta/batches", self._gemini_list),
            ("GET", "/v1beta/batches/{id}", self._gemini_look),
            ("GET", "/v1beta/files/{call}", self._gemini_content),
        ):
            router.add_route(method, path, handler)

    # What the three have in common

    def _store(self, content: bytes) -> str:
        name = f"file{len(self.uploads)}"
        self.uploads[name] = content
        return name

    async def _create(
        self,
        request: web.Request,
        provider: str,
        *,
        model: str,
        name: str,
        requests: list[tuple[str, dict[str, Any]]],
        shown: Callable[[FakeBatch], dict[str, Any]],
    ) -> web.StreamResponse:
        if provider in self.never_arrives:
            return _hang_up(request)
        if (status := self.refusals.get(provider)) is not None:
            return _refuse(provider, status)
        batch = FakeBatch(
            f"batch{len(self.all)}", provider, model, name, requests, datetime.now(UTC)
        )
        self.all.append(batch)
        if provider in self.lost:
            return _hang_up(request)
        return web.json_response(shown(batch))

    def _find(self, request: web.Request, provider: str) -> FakeBatch:
        wanted = request.match_info["id"]
        if wanted in self.forgotten:
            raise web.HTTPNotFound(
                text=json.dumps(_DIALECTS[provider].error(404, "no such batch")),
                content_type="application/json",
            )
        return next(b for b in self.all if b.provider == provider and b.id == wanted)

    def _look(self, batch: FakeBatch) -> None:
        """Carry a batch out when its time has come."""
        batch.looks += 1
        if batch.ended or self.hold or batch.looks < self.looks:
            return
        batch.ending = self.endings.get(batch.provider, "completed")
        asked = {"completed": len(batch.requests), "failed": 0}.get(
            batch.ending, len(batch.requests) // 2
        )
        for index, (key, _) in enumerate(batch.requests):
            fate = self.line(batch.provider, index) if index < asked else "unasked"
            if fate != "missing":
                batch.lines += _lines(self._server, batch, key, fate)
            batch.charged += fate not in _FREE

    def _of(self, provider: str) -> list[FakeBatch]:
        return [batch for batch in reversed(self.all) if batch.provider == provider]

    def _content(self, request: web.Request, content: str) -> web.StreamResponse:
        """Send a file of results, torn as often as `torn` says."""
        path = request.path
        if self.torn.get("results", 0):
            self.torn["results"] -= 1
            return web.Response(status=503, text=f"{path} is being prepared")
        return web.Response(text=content, content_type="application/octet-stream")

    # OpenAI

    async def _openai_upload(self, request: web.Request) -> web.StreamResponse:
        if (status := self.upload_refusals.get("openai")) is not None:
            return _refuse("openai", status)
        form = await request.post()
        assert form["purpose"] == "batch"
        sent = form["file"]
        assert isinstance(sent, web.FileField)
        content = sent.file.read()
        return web.json_response(
            {
                "id": self._store(content),
                "object": "file",
                "bytes": len(content),
                "created_at": 1,
                "filename": sent.filename,
                "purpose": "batch",
                "status": "processed",
            }
        )

    async def _openai_content(self, request: web.Request) -> web.StreamResponse:
        name, _, part = request.match_info["id"].partition("-")
        batch = next(b for b in self.all if b.id == name)
        wanted = [line for line in batch.lines if _is_error(line) == (part == "errors")]
        return self._content(request, "\n".join(wanted))

    async def _openai_create(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        assert (body["endpoint"], body["completion_window"]) == ("/v1/responses", "24h")
        lines = [json.loads(line) for line in self.uploads[body["input_file_id"]].splitlines()]
        return await self._create(
            request,
            "openai",
            model=lines[0]["body"]["model"],
            name=body["metadata"]["proratio"],
            requests=[(line["custom_id"], line["body"]) for line in lines],
            shown=_openai_batch,
        )

    async def _openai_look(self, request: web.Request) -> web.StreamResponse:
        batch = self._find(request, "openai")
        self._look(batch)
        return web.json_response(_openai_batch(batch))

    async def _openai_list(self, _: web.Request) -> web.StreamResponse:
        data = [_openai_batch(batch) for batch in self._of("openai")]
        return web.json_response({"object": "list", "data": data, "has_more": False})

    # Anthropic

    async def _anthropic_create(self, request: web.Request) -> web.StreamResponse:
        requests = (await request.json())["requests"]
        return await self._create(
            request,
            "anthropic",
            model=requests[0]["params"]["model"],
            name="",
            requests=[(one["custom_id"], one["params"]) for one in requests],
            shown=lambda batch: self._anthropic_batch(batch, request),
        )

    async def _anthropic_look(self, request: web.Request) -> web.StreamResponse:
        batch = self._find(request, "anthropic")
        self._look(batch)
        return web.json_response(self._anthropic_batch(batch, request))

    async def _anthropic_list(self, request: web.Request) -> web.StreamResponse:
        for batch in self._of("anthropic"):
            self._look(batch)
        data = [self._anthropic_batch(batch, request) for batch in self._of("anthropic")]
        return web.json_response(
            {"data": data, "has_more": False, "first_id": None, "last_id": None}
        )

    def _anthropic_batch(self, batch: FakeBatch, request: web.Request) -> dict[str, Any]:
        shown = _anthropic_batch(batch, request)
        return shown | {"results_url": None} if self.archived else shown

    async def _anthropic_results(self, request: web.Request) -> web.StreamResponse:
        return self._content(request, "\n".join(self._find(request, "anthropic").lines))

    # Gemini

    async def _gemini_start_upload(self, request: web.Request) -> web.StreamResponse:
        if (status := self.upload_refusals.get("gemini")) is not None:
            return _refuse("gemini", status)
        assert request.headers["X-Goog-Upload-Protocol"] == "resumable"
        if self.no_upload_address:
            return web.json_response({})
        url = str(request.url.with_path(f"/upload/v1beta/files/up{len(self.uploads)}"))
        return web.json_response({}, headers={"X-Goog-Upload-URL": url})

    async def _gemini_upload(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["X-Goog-Upload-Command"] == "upload, finalize"
        name = self._store(await request.read())
        file = {"name": f"files/{name}", "mimeType": "application/jsonl", "state": "ACTIVE"}
        return web.json_response({"file": file}, headers={"X-Goog-Upload-Status": "final"})

    async def _gemini_create(self, request: web.Request) -> web.StreamResponse:
        model, _, verb = request.match_info["call"].partition(":")
        assert verb == "batchGenerateContent"
        asked = (await request.json())["batch"]
        content = self.uploads[asked["inputConfig"]["fileName"].removeprefix("files/")]
        lines = [json.loads(line) for line in content.splitlines()]
        return await self._create(
            request,
            "gemini",
            model=model,
            name=asked["displayName"],
            requests=[(line["key"], line["request"]) for line in lines],
            shown=_gemini_batch,
        )

    async def _gemini_look(self, request: web.Request) -> web.StreamResponse:
        batch = self._find(request, "gemini")
        self._look(batch)
        return web.json_response(_gemini_batch(batch))

    async def _gemini_list(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"operations": [_gemini_batch(b) for b in self._of("gemini")]})

    async def _gemini_content(self, request: web.Request) -> web.StreamResponse:
        name, _, verb = request.match_info["call"].partition(":")
        assert (verb, request.query["alt"]) == ("download", "media")
        batch = next(b for b in self.all if b.id == name)
        return self._content(request, "\n".join(batch.lines))


def _lines(server: FakeProviders, batch: FakeBatch, key: str, fate: str | None) -> list[str]:
    """Return the lines of one call's result."""
    dialect, model = _DIALECTS[batch.provider], batch.model
    if fate in _FREE:
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
            body = dialect.answer(model, server.next_text(model))
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
            body = _DIALECTS[provider].error(int(fate or 0), message)
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


def _is_error(line: str) -> bool:
    try:
        response = json.loads(line)["response"]
    except ValueError:
        return False
    return response is None or response["status_code"] != 200


def _openai_batch(batch: FakeBatch) -> dict[str, Any]:
    failed = sum(map(_is_error, batch.lines))
    done = len(batch.lines) - failed
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": "/v1/responses",
        "completion_window": "24h",
        "input_file_id": "f",
        "created_at": int(batch.created_at.timestamp()),
        "status": batch.ending or "in_progress",
        "metadata": {"proratio": batch.name},
        "request_counts": {"total": len(batch.requests), "completed": done, "failed": failed},
        "output_file_id": f"{batch.id}-output" if done else None,
        "error_file_id": f"{batch.id}-errors" if failed else None,
        "errors": {"object": "list", "data": [{"code": "x", "message": "the file is no good"}]}
        if batch.ending == "failed"
        else None,
    }


def _anthropic_batch(batch: FakeBatch, request: web.Request) -> dict[str, Any]:
    kinds = Counter(
        json.loads(line)["result"]["type"] for line in batch.lines if line.endswith("}")
    )
    counts = {name: kinds[name] for name in ("succeeded", "errored", "canceled", "expired")}
    path = f"/v1/messages/batches/{batch.id}/results"
    return {
        "id": batch.id,
        "type": "message_batch",
        "processing_status": "ended" if batch.ended else "in_progress",
        "request_counts": {"processing": len(batch.requests) - sum(counts.values()), **counts},
        "created_at": batch.created_at.isoformat(),
        "expires_at": (batch.created_at + timedelta(days=1)).isoformat(),
        "ended_at": batch.created_at.isoformat() if batch.ended else None,
        "cancel_initiated_at": batch.created_at.isoformat()
        if batch.ending == "cancelled"
        else None,
        "archived_at": None,
        "results_url": str(request.url.with_path(path)) if batch.ended else None,
    }


def _gemini_batch(batch: FakeBatch) -> dict[str, Any]:
    states = {"": "RUNNING", "completed": "SUCCEEDED"}
    state = states.get(batch.ending, batch.ending.upper())
    metadata: dict[str, Any] = {
        "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
        "model": f"models/{batch.model}",
        "displayName": batch.name,
        "state": f"BATCH_STATE_{state}",
        "createTime": batch.created_at.isoformat().replace("+00:00", "Z"),
        "name": f"batches/{batch.id}",
    }
    if batch.lines:
        metadata["output"] = {"responsesFile": f"files/{batch.id}"}
    return {"name": f"batches/{batch.id}", "metadata": metadata, "done": batch.ended}


def _refuse(provider: str, status: int) -> web.StreamResponse:
    body = _DIALECTS[provider].error(status, "refused")
    return web.json_response(body, status=status)


def _hang_up(request: web.Request) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        transport.close()
    return web.Response()
