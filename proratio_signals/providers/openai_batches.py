"""OpenAI's Batch API: a file of calls in, a file of answers and one of errors out, within a day."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

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
    import openai
    from openai.types import Batch

    from proratio_signals.prompts.render import Prompt

__all__ = ["ResponsesBatches"]

_ENDPOINT: Final = "/v1/responses"
_LABEL: Final = "proratio"
_LOOK_S: Final = 30.0
_KEPT_S: Final = 30 * 86_400
"""How long OpenAI keeps the file of calls; its longest."""
_ENDED: Final = frozenset({"completed", "failed", "expired", "cancelled"})


class ResponsesBatches:
    """Batches of the Responses API.

    Parameters
    ----------
    client
        OpenAI's own.
    body
        The body of a call.
    explain
        What an exception of the SDK means.
    secret
        The key, so that no error quotes it.
    """

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        body: Callable[[Prompt], dict[str, Any]],
        *,
        explain: Callable[[Exception], Abstention | None],
        secret: str,
    ) -> None:
        self._client = client
        self._body = body
        self._secret = secret
        self.explain = explain

    async def upload(self, name: str, requests: Sequence[BatchRequest]) -> str:
        """Upload the file of calls; return its id."""
        content = json_lines(
            {
                "custom_id": request.key,
                "method": "POST",
                "url": _ENDPOINT,
                "body": self._body(request.prompt),
            }
            for request in requests
        )
        file = await self._client.files.create(
            file=(f"{name}.jsonl", content),
            purpose="batch",
            expires_after={"anchor": "created_at", "seconds": _KEPT_S},
            timeout=TRANSFER_S,
        )
        return file.id

    async def create(self, name: str, uploaded: str) -> str:
        """Start the batch, labelled with its name."""
        batch = await self._client.batches.create(
            completion_window="24h",
            endpoint=_ENDPOINT,
            input_file_id=uploaded,
            metadata={_LABEL: name},
            timeout=_LOOK_S,
        )
        return batch.id

    async def find(
        self,
        name: str,
        *,
        keys: frozenset[str],  # noqa: ARG002  # the label is enough
        since: datetime,  # noqa: ARG002
    ) -> Sighting:
        """Look for the label in the list of batches."""
        async for batch in self._client.batches.list(limit=100, timeout=_LOOK_S):
            if (batch.metadata or {}).get(_LABEL) == name:
                return Sighting(batch.id)
        return Sighting()

    async def look(self, batch_id: str) -> BatchState:
        """Ask for the batch's status."""
        import openai

        try:
            batch = await self._client.batches.retrieve(batch_id, timeout=_LOOK_S)
        except openai.NotFoundError:
            return BatchState(ended=True, detail="OpenAI no longer knows it", gone=True)
        counts = batch.request_counts
        return BatchState(
            ended=batch.status in _ENDED,
            done=counts.completed + counts.failed if counts else 0,
            detail=_ending(batch) if batch.status in _ENDED else "",
            complete=batch.status == "completed",
        )

    async def lines(self, batch_id: str) -> AsyncIterator[BatchLine]:
        """Read both files; one of them is missing where it would be empty."""
        batch = await self._client.batches.retrieve(batch_id, timeout=_LOOK_S)
        for file_id in filter(None, (batch.output_file_id, batch.error_file_id)):
            content = await self._client.files.content(file_id, timeout=TRANSFER_S)
            for document in read_lines(content.content):
                if (line := self._line(document)) is not None:
                    yield line

    async def close(self) -> None:
        """Do nothing: the client is the provider's."""

    def _line(self, document: dict[str, Any]) -> BatchLine | None:
        import json

        key, response = document.get("custom_id"), document.get("response")
        if not isinstance(key, str):
            return None
        if not isinstance(response, dict):
            return BatchLine(key)  # expired or cancelled before its turn
        body = response.get("body")
        if response.get("status_code") == 200:
            return BatchLine(key, body=json.dumps(body))
        error = body.get("error") if isinstance(body, dict) else None
        said = error if isinstance(error, dict) else {}
        status = response.get("status_code")
        return failed_line(
            key,
            status=status if isinstance(status, int) else 500,
            message=_text(said.get("message")),
            code=_text(said.get("code")),
            secret=self._secret,
        )


def _ending(batch: Batch) -> str:
    problems = batch.errors.data if batch.errors and batch.errors.data else []
    reason = next((problem.message for problem in problems if problem.message), "")
    return f"it {batch.status}: {reason[:200]}" if reason else f"it {batch.status}"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
