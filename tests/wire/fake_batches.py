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
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from proratio_signals.models import Models
from proratio_signals.opinions import Usage
from tests.wire.anthropic_batches import AnthropicBatches
from tests.wire.batch_results import DIALECTS, FREE, FakeBatch, lines_of, refuse
from tests.wire.gemini_batches import GeminiBatches
from tests.wire.openai_batches import OpenAIBatches
from tests.wire.provider_bodies import INPUT_TOKENS, OUTPUT_TOKENS

if TYPE_CHECKING:
    from tests.wire.fake_providers import FakeProviders

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Route = tuple[str, str, Handler]


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
        for way in (OpenAIBatches(self), AnthropicBatches(self), GeminiBatches(self)):
            for method, path, handler in way.routes():
                router.add_route(method, path, handler)

    def store(self, content: bytes) -> str:
        """Keep an uploaded file; return its name."""
        name = f"file{len(self.uploads)}"
        self.uploads[name] = content
        return name

    async def create(
        self,
        request: web.Request,
        provider: str,
        *,
        model: str,
        name: str,
        requests: list[tuple[str, dict[str, Any]]],
        shown: Callable[[FakeBatch], dict[str, Any]],
    ) -> web.StreamResponse:
        """Take a batch, or do not, as was told beforehand."""
        if provider in self.never_arrives:
            return _hang_up(request)
        if (status := self.refusals.get(provider)) is not None:
            return refuse(provider, status)
        batch = FakeBatch(
            f"batch{len(self.all)}", provider, model, name, requests, datetime.now(UTC)
        )
        self.all.append(batch)
        if provider in self.lost:
            return _hang_up(request)
        return web.json_response(shown(batch))

    def find(self, request: web.Request, provider: str) -> FakeBatch:
        """Return the batch that a request names, unless it was forgotten."""
        wanted = request.match_info["id"]
        if wanted in self.forgotten:
            raise web.HTTPNotFound(
                text=json.dumps(DIALECTS[provider].error(404, "no such batch")),
                content_type="application/json",
            )
        return next(b for b in self.all if b.provider == provider and b.id == wanted)

    def look(self, batch: FakeBatch) -> None:
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
                batch.lines += lines_of(batch, key, fate, self._server.next_text)
            batch.charged += fate not in FREE

    def of(self, provider: str) -> list[FakeBatch]:
        """Return the batches of a provider, the newest first."""
        return [batch for batch in reversed(self.all) if batch.provider == provider]

    def send(self, request: web.Request, content: str) -> web.StreamResponse:
        """Send a file of results, torn as often as `torn` says."""
        path = request.path
        if self.torn.get("results", 0):
            self.torn["results"] -= 1
            return web.Response(status=503, text=f"{path} is being prepared")
        return web.Response(text=content, content_type="application/octet-stream")


def _hang_up(request: web.Request) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        transport.close()
    return web.Response()
