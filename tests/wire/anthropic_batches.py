"""Anthropic's batch endpoints: no files, no names, and results that are archived one day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.wire.batch_results import FakeBatch

if TYPE_CHECKING:
    from tests.wire.fake_batches import FakeBatches, Route


class AnthropicBatches:
    """Anthropic's way with batches.

    Parameters
    ----------
    office
        What was created, and what shall happen to it.
    """

    def __init__(self, office: FakeBatches) -> None:
        self._office = office

    def routes(self) -> Iterator[Route]:
        """Yield the method, path and handler of each endpoint."""
        yield "POST", "/v1/messages/batches", self._create
        yield "GET", "/v1/messages/batches", self._list
        yield "GET", "/v1/messages/batches/{id}", self._look
        yield "GET", "/v1/messages/batches/{id}/results", self._results

    async def _create(self, request: web.Request) -> web.StreamResponse:
        requests = (await request.json())["requests"]
        return await self._office.create(
            request,
            "anthropic",
            model=requests[0]["params"]["model"],
            name="",
            requests=[(one["custom_id"], one["params"]) for one in requests],
            shown=lambda batch: self._document(batch, request),
        )

    async def _look(self, request: web.Request) -> web.StreamResponse:
        batch = self._office.find(request, "anthropic")
        self._office.look(batch)
        return web.json_response(self._document(batch, request))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        for batch in self._office.of("anthropic"):
            self._office.look(batch)
        data = [self._document(batch, request) for batch in self._office.of("anthropic")]
        return web.json_response(
            {"data": data, "has_more": False, "first_id": None, "last_id": None}
        )

    def _document(self, batch: FakeBatch, request: web.Request) -> dict[str, Any]:
        shown = _document(batch, request)
        return shown | {"results_url": None} if self._office.archived else shown

    async def _results(self, request: web.Request) -> web.StreamResponse:
        return self._office.send(request, "\n".join(self._office.find(request, "anthropic").lines))


def _document(batch: FakeBatch, request: web.Request) -> dict[str, Any]:
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
