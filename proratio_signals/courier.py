"""Errands for a caller who must not wait: one thread does them, the caller gives up in time.

A time limit on a socket does not cover finding a host, connecting, or a driver that waits for ever;
a thread of its own covers all of it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as OutOfTimeError
from queue import SimpleQueue
from typing import Any, Final, Generic, TypeVar

from proratio_core.errors import TransientError

__all__ = ["LIMIT_S", "Courier", "Errand"]

LIMIT_S: Final = 0.25
"""How long the trading loop may be held up by one call."""

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""

_T = TypeVar("_T")


class Errand(Generic[_T]):
    """Something that is being done; its time runs from when it was given, waited for or not.

    Parameters
    ----------
    future
        What it comes to.
    limit_s
        How long it may take.
    """

    def __init__(self, future: Future[_T], limit_s: float) -> None:
        self._future = future
        self._limit_s = limit_s
        self._until_s = time.monotonic() + limit_s

    @property
    def is_done(self) -> bool:
        """Whether `result` would not wait."""
        return self._future.done()

    def result(self) -> _T:
        """Return what the errand returns, or raise what it raises, as soon as that is known.

        An errand that was not begun in time is dropped; one under way goes on, its result is lost.

        Raises
        ------
        TransientError
            It took longer than the limit.
        """
        try:
            return self._future.result(max(0.0, self._until_s - time.monotonic()))
        except OutOfTimeError as error:
            if self._future.done():  # the errand itself ran out of time
                raise
            self.give_up()
            raise TransientError(
                f"no answer within {self._limit_s * 1000:.0f} ms; PostgreSQL or Redis is slow or "
                "away, the next loop tries again"
            ) from error

    def give_up(self) -> None:
        """Drop it when it has not begun; its failure, if it comes to one, is logged."""
        if not self._future.cancel():
            self._future.add_done_callback(_log_late_failure)


class Courier:
    """Runs errands one after another in a thread that never keeps the process alive.

    Parameters
    ----------
    limit_s
        How long an errand may take.
    """

    def __init__(self, *, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._errands: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="proratio-courier", daemon=True)
        self._thread.start()

    def begin(self, errand: Callable[[], _T]) -> Errand[_T]:
        """Have `errand` done and go on; its result is there to be asked for."""
        return Errand(self._put(errand), self._limit_s)

    def send(self, errand: Callable[[], object]) -> None:
        """Have `errand` done without waiting for it."""
        self._put(errand).add_done_callback(_log_late_failure)

    def close(self) -> None:
        """Let the thread end after what it was given so far; do not wait for it."""
        self._errands.put(None)

    def _put(self, errand: Callable[[], _T]) -> Future[_T]:
        future: Future[_T] = Future()
        self._errands.put((future, errand))
        return future

    def _work(self) -> None:
        while (item := self._errands.get()) is not None:
            future, errand = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(errand())
            except BaseException as error:  # noqa: BLE001  # it belongs to whoever sent the errand
                future.set_exception(error)


def _log_late_failure(future: Future[Any]) -> None:
    error = None if future.cancelled() else future.exception()
    if error is not None:
        _log.warning("signals: %s", error)
