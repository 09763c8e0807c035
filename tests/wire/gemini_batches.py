"""Gemini's batch endpoints: a resumable upload, a long-running operation, a file of results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.wire.batch_results import FakeBatch, refuse

if TYPE_CHECKING:
    from tests.wire.fake_batches import FakeBatches, Route


class GeminiBatches:
    """Gemini's way with batches.

    Parameters
    ----------
    office
        What was created, and what shall happen to it.
    """

    def __init__(self, office: FakeBatches) -> None:
        self._office = office

    def routes(self) -> Iterator[Route]:
        """Yield the method, path and handler of each endpoint."""
        yield "POST", "/upload/v1beta/files", self._start_upload
        yield "POST", "/upload/v1beta/files/{id}", self._upload
        yield "POST", "/v1beta/models/{call}", self._create
        yield "GET", "/v1beta/batches", self._list
        yield "GET", "/v1beta/batches/{id}", self._look
        yield "GET", "/v1beta/files/{call}", self._content

    async def _start_upload(self, request: web.Request) -> web.StreamResponse:
        if (status := self._office.upload_refusals.get("gemini")) is not None:
            return refuse("gemini", status)
        assert request.headers["X-Goog-Upload-Protocol"] == "resumable"
        if self._office.no_upload_address:
            return web.json_response({})
        url = str(request.url.with_path(f"/upload/v1beta/files/up{len(self._office.uploads)}"))
        return web.json_response({}, headers={"X-Goog-Upload-URL": url})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["X-Goog-Upload-Command"] == "upload, finalize"
        name = self._office.store(await request.read())
        file = {"name": f"files/{name}", "mimeType": "application/jsonl", "state": "ACTIVE"}
        return web.json_response({"file": file}, headers={"X-Goog-Upload-Status": "final"})

    async def _create(self, request: web.Request) -> web.StreamResponse:
        model, _, verb = request.match_info["call"].partition(":")
        assert verb == "batchGenerateContent"
        asked = (await request.json())["batch"]
        content = self._office.uploads[asked["inputConfig"]["fileName"].removeprefix("files/")]
        lines = [json.loads(line) for line in content.splitlines()]
        return await self._office.create(
            request,
            "gemini",
            model=model,
            name=asked["displayName"],
            requests=[(line["key"], line["request"]) for line in lines],
            shown=_document,
        )

    async def _look(self, request: web.Request) -> web.StreamResponse:
        batch = self._office.find(request, "gemini")
        self._office.look(batch)
        return web.json_response(_document(batch))

    async def _list(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"operations": [_document(b) for b in self._office.of("gemini")]})

    async def _content(self, request: web.Request) -> web.StreamResponse:
        name, _, verb = request.match_info["call"].partition(":")
        assert (verb, request.query["alt"]) == ("download", "media")
        batch = next(b for b in self._office.all if b.id == name)
        return self._office.send(request, "\n".join(batch.lines))


def _document(batch: FakeBatch) -> dict[str, Any]:
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
