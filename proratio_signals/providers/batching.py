"""The seam to a provider's batch API: many calls handed in at once, answered within a day or so.

A batch is created in two steps, so that a broken upload is never mistaken for a batch that may
exist: `upload` costs nothing and leaves nothing to pay for, `create` starts the work. The reply to
`create` may be lost; `find` tells, by the name that was sent along, whether the batch exists.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from proratio_signals.opinions import Abstention, AbstentionKind, Answer
from proratio_signals.providers.failure import http_abstention

if TYPE_CHECKING:
    from proratio_signals.prompts.render import Prompt

__all__ = [
    "TRANSFER_S",
    "BatchLine",
    "BatchRequest",
    "BatchState",
    "BatchWire",
    "Batching",
    "Sighting",
    "failed_line",
    "json_lines",
    "read_lines",
]

TRANSFER_S = 300.0
"""How long the transfer of a batch, some ten megabytes, may take."""

_RETRIED = frozenset({AbstentionKind.RATE_LIMITED, AbstentionKind.SERVER_ERROR})


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """One call of a batch; `key` comes back with its answer."""

    key: str
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is.

    Parameters
    ----------
    ended
        Whether nothing more will happen to it.
    done
        How many of its calls are over, as far as the provider says.
    detail
        How it ended, in the provider's words; empty while it runs.
    complete
        Whether it ended in order. In any other ending, calls without a line in the results were
        never carried out and are not charged.
    gone
        Whether the provider no longer has it; nobody knows what was carried out.
    """

    ended: bool
    done: int = 0
    detail: str = ""
    complete: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """Whether a batch whose reply was lost exists.

    Parameters
    ----------
    batch_id
        What the provider calls it; None when it has not been seen.
    pending
        It may be one that tells whose it is only when it has ended: look again later.
    """

    batch_id: str | None = None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class BatchLine:
    """The result of one call.

    Parameters
    ----------
    key
        Which call.
    body
        The response, as JSON, as it would have come to a call of its own; None when there is none.
    failure
        Why there is no body; None when the call was never carried out and can be asked again.
    """

    key: str
    body: str | None = None
    failure: Abstention | None = None


class BatchWire(Protocol):
    """One SDK's batches."""

    async def upload(self, name: str, requests: Sequence[BatchRequest]) -> Any:
        """Hand over the calls; return what `create` needs. Nothing is carried out yet."""
        ...

    async def create(self, name: str, uploaded: Any) -> str:
        """Start the batch; return what the provider calls it."""
        ...

    async def find(self, name: str, *, keys: frozenset[str], since: datetime) -> Sighting:
        """Return whether the batch `name`, with these calls and no older than `since`, exists."""
        ...

    async def look(self, batch_id: str) -> BatchState:
        """Return how far a batch is."""
        ...

    def lines(self, batch_id: str) -> AsyncIterator[BatchLine]:
        """Yield the results of a batch that has ended, in any order."""
        ...

    def explain(self, error: Exception) -> Abstention | None:
        """Return what an exception of the SDK means; None when it is none of the SDK's."""
        ...

    async def close(self) -> None:
        """Give back connections of its own."""
        ...


@runtime_checkable
class Batching(Protocol):
    """A provider that can be asked in batches, when `batches` is not None."""

    batches: BatchWire | None

    def batch_worst_case_usd(self, prompt: Prompt, *, on: date) -> float:
        """Return the most that a call can be charged in a batch submitted on the day `on`."""
        ...

    def batch_answer(self, body: str, *, on: date, latency_s: float) -> Answer:
        """Return what a body in the results of a batch says, by the same rules as a live one."""
        ...


def json_lines(documents: Iterable[dict[str, Any]]) -> bytes:
    """Return documents as the lines of a file to upload."""
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)


def read_lines(content: bytes) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a file of results; a line that is none says nothing and is left."""
    for line in content.split(b"\n"):  # not splitlines: U+2028 may stand inside a JSON text
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict):
            yield document


def failed_line(
    key: str, *, status: int, message: str | None, code: str | None = None, secret: str = ""
) -> BatchLine:
    """Return the line of a call that the provider answered with an error; none is charged."""
    failure = http_abstention(status, message=message, code=code, secret=secret)
    return BatchLine(key, failure=None if failure.kind in _RETRIED else failure)
