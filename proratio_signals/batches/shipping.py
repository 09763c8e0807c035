"""One batch on its way: sent once, found again when its reply was lost, fetched when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import structlog

from proratio_core.clock import Clock
from proratio_core.errors import ConfigurationError, ProratioError, ProviderError, TransientError
from proratio_signals.batches.collecting import settlements_of
from proratio_signals.batches.rows import Batch, BatchRows
from proratio_signals.opinions import Abstention, AbstentionKind
from proratio_signals.providers.batching import (
    Batching,
    BatchLine,
    BatchRequest,
    BatchState,
    BatchWire,
    Sighting,
)

__all__ = ["ARRIVES_WITHIN_S", "Shipping"]

ARRIVES_WITHIN_S: Final = 600.0
"""A batch that its provider does not list so long after it was sent never arrived."""

_SETTLED_TOGETHER: Final = 500
_AWAY: Final = frozenset(
    {
        AbstentionKind.CONNECTION,
        AbstentionKind.RATE_LIMITED,
        AbstentionKind.SERVER_ERROR,
        AbstentionKind.TIMEOUT,
    }
)

_log = structlog.get_logger(__name__)


class Shipping:
    """Sends and fetches the batches of one voter.

    Parameters
    ----------
    rows
        Where they are written down.
    provider, wire
        Who reads the answers, and who carries them.
    clock
        The time it is.
    latency_s
        Taken as the time an answer needed, which no batch tells.
    arrives_within_s
        A batch that is not listed so long after it was sent never arrived.
    """

    def __init__(
        self,
        rows: BatchRows,
        provider: Batching,
        wire: BatchWire,
        *,
        clock: Clock,
        latency_s: float,
        arrives_within_s: float = ARRIVES_WITHIN_S,
    ) -> None:
        self._rows = rows
        self._provider = provider
        self._wire = wire
        self._clock = clock
        self._latency_s = latency_s
        self._arrives_within = timedelta(seconds=arrives_within_s)

    async def send(self, batch: Batch, requests: Sequence[BatchRequest]) -> None:
        """Send a prepared batch; when the reply is lost, `step` looks for it.

        Raises
        ------
        ProratioError
            The provider did not take it; its money is free again.
        """
        try:
            uploaded = await self._wire.upload(batch.name, requests)
        except Exception as error:
            failure = self._explained(error)
            await self._end(batch, charged=False, detail=failure.detail)
            raise _error_of(batch, failure) from error
        await asyncio.to_thread(self._rows.sending, batch)
        try:
            remote_id = await self._wire.create(batch.name, uploaded)
        except ValueError as error:  # a reply that cannot be read is a reply that is lost
            _log.warning("batch_reply_lost", batch=batch.name, error=type(error).__name__)
            return
        except Exception as error:
            failure = self._explained(error)
            if failure.billable or failure.kind is AbstentionKind.SERVER_ERROR:
                _log.warning("batch_reply_lost", batch=batch.name, error=failure.detail)
                return
            await self._end(batch, charged=False, detail=failure.detail)
            raise _error_of(batch, failure) from error
        if remote_id:
            await asyncio.to_thread(self._rows.sent, batch, remote_id)

    async def step(self, batch: Batch) -> BatchState:
        """Return how far a batch is; when it has ended, its calls are settled.

        Raises
        ------
        ProratioError
            The provider cannot be asked now, or does not accept the key.
        """
        if batch.sent_at is None:
            return await self._end(batch, charged=False, detail="it was never sent")
        try:
            return await self._follow(batch)
        except Exception as error:
            raise _error_of(batch, self._explained(error)) from error

    async def _follow(self, batch: Batch) -> BatchState:
        sighting = Sighting(batch.remote_id) if batch.remote_id else await self._find(batch)
        if sighting.batch_id is None:
            return await self._missed(batch, sighting)
        remote_id = sighting.batch_id
        state = await self._wire.look(remote_id)
        if not state.ended:
            return state
        if state.gone:
            return await self._end(batch, charged=True, detail=state.detail)
        await self._fetch(batch, remote_id)
        return await self._end(batch, charged=state.complete, detail=state.detail)

    async def _find(self, batch: Batch) -> Sighting:
        """Look for a batch whose reply was lost; remember what the provider calls it."""
        keys = frozenset(await asyncio.to_thread(self._rows.unsettled, batch))
        since = batch.sent_at or self._clock.now()
        sighting = await self._wire.find(batch.name, keys=keys, since=since)
        if sighting.batch_id is not None:
            await asyncio.to_thread(self._rows.sent, batch, sighting.batch_id)
        return sighting

    async def _missed(self, batch: Batch, sighting: Sighting) -> BatchState:
        sent_at = batch.sent_at or self._clock.now()
        if sighting.pending or self._clock.now() - sent_at <= self._arrives_within:
            return BatchState(ended=False)
        return await self._end(batch, charged=False, detail="it never arrived")

    async def _fetch(self, batch: Batch, remote_id: str) -> None:
        """Settle the calls as their results are read; read again, it settles only the rest."""
        unsettled = await asyncio.to_thread(self._rows.unsettled, batch)
        lines: list[BatchLine] = []
        async for line in self._wire.lines(remote_id):
            lines.append(line)
            if len(lines) == _SETTLED_TOGETHER:
                await self._settle(batch, lines, unsettled)
                lines = []
        await self._settle(batch, lines, unsettled)

    async def _settle(
        self, batch: Batch, lines: Sequence[BatchLine], unsettled: Mapping[str, tuple[int, float]]
    ) -> None:
        settlements = settlements_of(
            lines, unsettled, self._provider, on=batch.day, latency_s=self._latency_s
        )
        await asyncio.to_thread(lambda: self._rows.settle(list(settlements)))

    async def _end(self, batch: Batch, *, charged: bool, detail: str) -> BatchState:
        missing = await asyncio.to_thread(self._rows.end, batch, charged=charged, detail=detail)
        if missing:
            _log.warning(
                "batch_incomplete",
                batch=batch.name,
                voter=batch.voter,
                missing=missing,
                charged=charged,
                detail=detail,
            )
        return BatchState(ended=True, done=batch.calls, detail=detail)

    def _explained(self, error: Exception) -> Abstention:
        """Return what an exception of the SDK means; raise it again when it is none."""
        if isinstance(error, ProratioError):
            raise error
        failure = self._wire.explain(error)
        if failure is None:
            raise error
        return failure


def _error_of(batch: Batch, failure: Abstention) -> ProratioError:
    what = f"{batch.provider}, a batch of {batch.calls} calls for {batch.voter}: {failure.detail}"
    if failure.kind is AbstentionKind.AUTHENTICATION:
        return ConfigurationError(f"{what}. Correct the key and run again; nothing is lost")
    if failure.kind in _AWAY:
        return TransientError(f"{what}. Run again later; nothing is lost and nothing sent twice")
    return ProviderError(f"{what}. Nothing was charged for it; leave out --batch to ask directly")
