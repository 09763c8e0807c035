"""The day's money: reserved before a call, settled after it, true across processes and kills.

A reservation is a row of `spending`. All processes reserve under one advisory lock, so the sum of
what is charged never passes a cap, whoever asks. A row that nobody settles, because its process
was killed, stays charged in full. What was paid for is kept in the row: the same call again, by
another process or after a restart, takes the answer from there instead of paying twice.

Requests that arrive while a transaction commits share the next one, as in a backfill's writer.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.errors import ProratioError
from proratio_signals.calls import Call, Settlement
from proratio_signals.caps import Caps
from proratio_signals.opinions import Answer
from proratio_signals.reservations import (
    Found,
    Reservations,
    Reserved,
    settlement_of,
)

__all__ = ["Purse"]

_Request = Call | Settlement

_log = structlog.get_logger(__name__)


class Purse:
    """Reserves and settles for one profile.

    Parameters
    ----------
    database
        Where the money is counted.
    caps
        What may be spent.
    profile_hash
        For whom.
    clock
        Which day it is.
    """

    def __init__(self, database: Database, caps: Caps, *, profile_hash: str, clock: Clock) -> None:
        self.profile_hash = profile_hash
        self._rows = Reservations(database, caps, profile_hash=profile_hash, clock=clock)
        self._waiting: list[tuple[_Request, asyncio.Future[Any]]] = []
        self._teller: asyncio.Task[None] | None = None

    async def reserve(self, call: Call) -> Found:
        """Set the worst case of a call aside, or say why not.

        Raises
        ------
        TransientError
            The database is away; nothing is reserved and nothing may be asked.
        """
        future: asyncio.Future[Found] = self._submit(call)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            future.add_done_callback(self._give_back)
            raise

    async def settle(self, reserved: Reserved, answer: Answer, *, usd: float) -> None:
        """Replace a reservation by what the call was charged, and keep what was said.

        When the database is away the reservation stands, which is never too little.
        """
        done: asyncio.Future[None] = self._submit(settlement_of(reserved, answer, usd))
        try:
            await asyncio.shield(done)
        except ProratioError as error:
            _log.warning("call_not_settled", charged_usd=reserved.usd, error=str(error))

    def forfeit(self, reserved: Reserved, *, outcome: str) -> None:
        """Settle a call that was cut off at its whole reservation, in the background."""
        lost = Settlement(reserved.id, reserved.usd, outcome, None, None, None)
        self._submit(lost).add_done_callback(_take_exception)

    async def close(self) -> None:
        """Wait until everything handed in is in the database."""
        while self._teller is not None and not self._teller.done():
            await asyncio.wait([self._teller])

    def _submit(self, request: _Request) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        if self._teller is None or self._teller.done():
            self._teller = asyncio.create_task(self._serve())
        return future

    async def _serve(self) -> None:
        """Commit what waits, batch after batch, until nothing does."""
        while self._waiting:
            batch, self._waiting = self._waiting, []
            requests = [request for request, _ in batch]
            try:
                results = await asyncio.to_thread(self._rows.commit, requests)
            except Exception as error:  # noqa: BLE001  # whoever waits is told, whatever it is
                for _, future in batch:
                    future.set_exception(error)
            else:
                for (_, future), result in zip(batch, results, strict=True):
                    future.set_result(result)

    def _give_back(self, future: asyncio.Future[Found]) -> None:
        """Release what was reserved for a caller that no longer waits; it asked nothing."""
        if future.exception() is None and isinstance(found := future.result(), Reserved):
            unused = Settlement(found.id, 0.0, "CANCELLED", None, None, None)
            self._submit(unused).add_done_callback(_take_exception)


def _take_exception(future: asyncio.Future[None]) -> None:
    """Log what became of a settlement nobody waits for; the reservation stands."""
    if not future.cancelled() and (error := future.exception()) is not None:
        _log.warning("call_not_settled", error=str(error))
