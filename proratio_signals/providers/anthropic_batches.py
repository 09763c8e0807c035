"""Anthropic's Message Batches API: one request with all calls, one file of results, within a day.

A batch carries no name. What was sent is only known from the keys in its results, so a batch whose
reply was lost is recognised when it has ended; until then every batch of its size and time may be
it, and nothing is sent again.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from proratio_signals.opinions import Abstention
from proratio_signals.providers.batching import (
    TRANSFER_S,
    BatchLine,
    BatchRequest,
    BatchState,
    Sighting,
    failed_line,
    read_lines,
)

if TYPE_CHECKING:
    import anthropic
    from anthropic.types.messages import MessageBatch

    from proratio_signals.prompts.render import Prompt

__all__ = ["MessagesBatches"]

_LOOK_S: Final = 30.0
_SKEW: Final = timedelta(minutes=10)
"""How far the provider's clock may be from ours."""
_STATUS: Final = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}


class MessagesBatches:
    """Batches of the Messages API.

    Parameters
    ----------
    client
        Anthropic's own.
    body
        The body of a call.
    explain
        What an exception of the SDK means.
    secret
        The key, so that no error quotes it.
    """

    def __init__(
        self,
        client: anthropic.AsyncAnthropic,
        body: Callable[[Prompt], dict[str, Any]],
        *,
        explain: Callable[[Exception], Abstention | None],
        secret: str,
    ) -> None:
        self._client = client
        self._body = body
        self._secret = secret
        self.explain = explain

    async def upload(
        self,
        name: str,  # noqa: ARG002  # there is nowhere to write it
        requests: Sequence[BatchRequest],
    ) -> list[dict[str, Any]]:
        """Return the calls: they travel with `create`."""
        return [
            {"custom_id": request.key, "params": self._body(request.prompt)} for request in requests
        ]

    async def create(self, name: str, uploaded: Any) -> str:  # noqa: ARG002
        """Send the calls and start the batch."""
        batch = await self._client.messages.batches.create(requests=uploaded, timeout=TRANSFER_S)
        return batch.id

    async def find(
        self,
        name: str,  # noqa: ARG002
        *,
        keys: frozenset[str],
        since: datetime,
    ) -> Sighting:
        """Look for a batch of the same size and time, with one of our keys in its results."""
        pending = False
        async for batch in self._client.messages.batches.list(limit=100, timeout=_LOOK_S):
            if batch.created_at < since - _SKEW or _calls(batch) != len(keys):
                continue
            if batch.processing_status != "ended":
                pending = True
                continue
            async for line in self.lines(batch.id):
                if line.key in keys:
                    return Sighting(batch.id)
                break
        return Sighting(pending=pending)

    async def look(self, batch_id: str) -> BatchState:
        """Ask for the batch's status."""
        import anthropic

        try:
            batch = await self._client.messages.batches.retrieve(batch_id, timeout=_LOOK_S)
        except anthropic.NotFoundError:
            return BatchState(ended=True, detail="Anthropic no longer knows it", gone=True)
        ended = batch.processing_status == "ended"
        if ended and batch.results_url is None:
            return BatchState(ended=True, detail="its results are no longer kept", gone=True)
        counts = batch.request_counts
        return BatchState(
            ended=ended,
            done=_calls(batch) - counts.processing,
            detail="it was cancelled" if ended and batch.cancel_initiated_at else "",
            complete=ended,
        )

    async def lines(self, batch_id: str) -> AsyncIterator[BatchLine]:
        """Read the file of results."""
        async with self._client.messages.batches.with_streaming_response.results(
            batch_id, timeout=TRANSFER_S
        ) as response:
            content = await response.read()
        for document in read_lines(content):
            if (line := self._line(document)) is not None:
                yield line

    async def close(self) -> None:
        """Do nothing: the client is the provider's."""

    def _line(self, document: dict[str, Any]) -> BatchLine | None:
        key, result = document.get("custom_id"), document.get("result")
        if not isinstance(key, str) or not isinstance(result, dict):
            return None
        match result.get("type"):
            case "succeeded":
                return BatchLine(key, body=json.dumps(result.get("message")))
            case "errored":
                kind, message = _error(result)
                return failed_line(
                    key, status=_STATUS.get(kind, 500), message=message, secret=self._secret
                )
        return BatchLine(key)  # cancelled or expired before its turn


def _calls(batch: MessageBatch) -> int:
    counts = batch.request_counts
    return counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired


def _error(result: dict[str, Any]) -> tuple[str, str | None]:
    response = result.get("error")
    error = response.get("error") if isinstance(response, dict) else None
    if not isinstance(error, dict):
        return "", None
    message = error.get("message")
    return str(error.get("type")), message if isinstance(message, str) else None
