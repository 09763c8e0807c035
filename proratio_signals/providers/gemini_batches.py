"""Gemini's Batch API: a file of calls in, a file of answers out, usually within a day.

It is part of the version `v1beta`, so it has a client of its own. The lines of the file are
written here: the SDK turns parameters into requests only for calls it makes itself.
"""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from proratio_core.errors import ProviderError
from proratio_signals.opinions import Abstention
from proratio_signals.providers.batching import (
    TRANSFER_S,
    BatchLine,
    BatchRequest,
    BatchState,
    Sighting,
    failed_line,
    json_lines,
    read_lines,
)

if TYPE_CHECKING:
    from google import genai

    from proratio_signals.prompts.render import Prompt

__all__ = ["ContentBatches"]

_RUNNING: Final = frozenset(
    f"JOB_STATE_{name}"
    for name in ("UNSPECIFIED", "QUEUED", "PENDING", "RUNNING", "CANCELLING", "PAUSED", "UPDATING")
)
_COMPLETE: Final = frozenset({"JOB_STATE_SUCCEEDED", "JOB_STATE_PARTIALLY_SUCCEEDED"})
_HTTP_OF_RPC: Final = {
    1: 503,
    3: 400,
    4: 504,
    5: 404,
    7: 403,
    8: 429,
    9: 400,
    13: 500,
    14: 503,
    16: 401,
}
"""Errors of single calls carry the numbers of google.rpc.Code; 1 is a call that was cancelled."""


class ContentBatches:
    """Batches of `generateContent`.

    Parameters
    ----------
    open_client
        Returns a client of the version that has batches.
    model
        Who is asked; a batch is for one model.
    body
        The body of a call.
    explain
        What an exception of the SDK means.
    secret
        The key, so that no error quotes it.
    """

    def __init__(
        self,
        open_client: Callable[[], genai.Client],
        body: Callable[[Prompt], dict[str, Any]],
        *,
        model: str,
        explain: Callable[[Exception], Abstention | None],
        secret: str,
    ) -> None:
        self._open_client = open_client
        self._body = body
        self._model = model
        self._secret = secret
        self.explain = explain

    async def upload(self, name: str, requests: Sequence[BatchRequest]) -> str:
        """Upload the file of calls; return its name."""
        content = json_lines(
            {"key": request.key, "request": self._body(request.prompt)} for request in requests
        )
        try:
            file = await self._client.aio.files.upload(
                file=io.BytesIO(content),
                config={"display_name": name, "mime_type": "application/jsonl"},
            )
        except (KeyError, ValueError) as error:  # an upload that the service did not go along with
            raise ProviderError(
                f"Gemini did not take the file of calls ({error!s:.120})"
            ) from error
        return file.name or ""

    async def create(self, name: str, uploaded: str) -> str:
        """Start the batch under its name."""
        job = await self._client.aio.batches.create(
            model=self._model, src=uploaded, config={"display_name": name}
        )
        return job.name or ""

    async def find(
        self,
        name: str,
        *,
        keys: frozenset[str],  # noqa: ARG002  # the name is enough
        since: datetime,  # noqa: ARG002
    ) -> Sighting:
        """Look for the name in the list of batches."""
        async for job in await self._client.aio.batches.list(config={"page_size": 100}):
            if job.display_name == name and job.name:
                return Sighting(job.name)
        return Sighting()

    async def look(self, batch_id: str) -> BatchState:
        """Ask for the batch's state."""
        from google.genai import errors

        try:
            job = await self._client.aio.batches.get(name=batch_id)
        except errors.APIError as error:
            if error.code != 404:
                raise
            return BatchState(ended=True, detail="Google no longer knows it", gone=True)
        state = job.state.value if job.state else "JOB_STATE_UNSPECIFIED"
        ended = state not in _RUNNING
        return BatchState(
            ended=ended,
            detail=f"it {state.removeprefix('JOB_STATE_').lower()}" if ended else "",
            complete=state in _COMPLETE,
        )

    async def lines(self, batch_id: str) -> AsyncIterator[BatchLine]:
        """Read the file of answers; a batch that failed or expired may have none."""
        job = await self._client.aio.batches.get(name=batch_id)
        if job.dest is None or not job.dest.file_name:
            return
        content = await self._client.aio.files.download(file=job.dest.file_name)
        for document in read_lines(content):
            if (line := self._line(document)) is not None:
                yield line

    async def close(self) -> None:
        """Give back the connections of the client."""
        if "_client" in self.__dict__:
            await self._client.aio.aclose()
            self._client.close()

    @cached_property
    def _client(self) -> genai.Client:
        return self._open_client()

    def _line(self, document: dict[str, Any]) -> BatchLine | None:
        key, error = document.get("key"), document.get("error")
        if not isinstance(key, str):
            return None
        if "response" in document:
            return BatchLine(key, body=json.dumps(document["response"]))
        said = error if isinstance(error, dict) else {}
        code, message = said.get("code"), said.get("message")
        return failed_line(
            key,
            status=_HTTP_OF_RPC.get(code, code if code >= 400 else 500)
            if isinstance(code, int)
            else 500,
            message=message if isinstance(message, str) else None,
            secret=self._secret,
        )


TIMEOUT_MS: Final = round(TRANSFER_S * 1000)
"""Google's time-outs are in milliseconds."""
