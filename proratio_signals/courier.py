"""Errands for a caller who must not wait: one thread does them, the caller gives up in time.

A time limit on a socket does not cover finding a host, connecting, or a driver that waits for ever;
a thread of its own covers all of it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as OutOfTimeError
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from proratio_core.errors import TransientError

__all__ = ["LIMIT_S", "Courier"]

LIMIT_S: Final = 0.25
"""How long the trading loop may be held up by one call."""

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""

_T = TypeVar("_T")


class Courier:
    """Runs errands one after another in a thread that never keeps the process alive.

    Parameters
    ----------
    limit_s
        How long `run` waits at most.
    """

    def __init__(self, *, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._errands: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="proratio-courier", daemon=True)
        self._thread.start()

    def run(self, errand: Callable[[], _T]) -> _T:
        """Return what `errand` returns, or raise what it raises.

        An errand that was not begun in time is dropped; one under way goes on, its result is lost.

        Raises
        ------
        TransientError
            It took longer than the limit.
        """
        future = self._put(errand)
        try:
            return future.result(self._limit_s)
        except OutOfTimeError as error:
            if future.done():  # the errand itself ran out of time
                raise
            if not future.cancel():
                future.add_done_callback(_log_late_failure)
            raise TransientError(
                f"no answer within {self._limit_s * 1000:.0f} ms; PostgreSQL or Redis is slow or "
                "away, the next loop tries again"
            ) from error

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
