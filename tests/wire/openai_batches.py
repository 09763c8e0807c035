"""OpenAI's batch endpoints: a file of calls in, a file of results and one of errors out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.wire.batch_results import FakeBatch, is_error, refuse

if TYPE_CHECKING:
    from tests.wire.fake_batches import FakeBatches, Route


class OpenAIBatches:
    """OpenAI's way with batches.

    Parameters
    ----------
    office
        What was created, and what shall happen to it.
    """

    def __init__(self, office: FakeBatches) -> None:
        self._office = office

    def routes(self) -> Iterator[Route]:
        """Yield the method, path and handler of each endpoint."""
        yield "POST", "/v1/files", self._upload
        yield "GET", "/v1/files/{id}/content", self._content
        yield "POST", "/v1/batches", self._create
        yield "GET", "/v1/batches", self._list
        yield "GET", "/v1/batches/{id}", self._look

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if (status := self._office.upload_refusals.get("openai")) is not None:
            return refuse("openai", status)
        form = await request.post()
        assert form["purpose"] == "batch"
        sent = form["file"]
        assert isinstance(sent, web.FileField)
        content = sent.file.read()
        return web.json_response(
            {
                "id": self._office.store(content),
                "object": "file",
                "bytes": len(content),
                "created_at": 1,
                "filename": sent.filename,
                "purpose": "batch",
                "status": "processed",
            }
        )

    async def _content(self, request: web.Request) -> web.StreamResponse:
        name, _, part = request.match_info["id"].partition("-")
        batch = next(b for b in self._office.all if b.id == name)
        wanted = [line for line in batch.lines if is_error(line) == (part == "errors")]
        return self._office.send(request, "\n".join(wanted))

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        assert (body["endpoint"], body["completion_window"]) == ("/v1/responses", "24h")
        lines = [
            json.loads(line) for line in self._office.uploads[body["input_file_id"]].splitlines()
        ]
        return await self._office.create(
            request,
            "openai",
            model=lines[0]["body"]["model"],
            name=body["metadata"]["proratio"],
            requests=[(line["custom_id"], line["body"]) for line in lines],
            shown=_document,
        )

    async def _look(self, request: web.Request) -> web.StreamResponse:
        batch = self._office.find(request, "openai")
        self._office.look(batch)
        return web.json_response(_document(batch))

    async def _list(self, _: web.Request) -> web.StreamResponse:
        data = [_document(batch) for batch in self._office.of("openai")]
        return web.json_response({"object": "list", "data": data, "has_more": False})


def _document(batch: FakeBatch) -> dict[str, Any]:
    failed = sum(map(is_error, batch.lines))
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
