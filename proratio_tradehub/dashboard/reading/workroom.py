"""Work that takes longer than a visitor waits: done by a process of its own, kept when it is done.

A page asks for it, shows what was last found, and says what is under way. Nothing here holds up
another page, and a job is done once however many pages ask for it.
"""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore, Lock, Thread
from typing import Any, Final, Generic, TypeVar, cast

from proratio_core.clock import Clock
from proratio_core.errors import ProratioError, TransientError
from proratio_tradehub.dashboard.reading.shelf import Sight

__all__ = ["Work", "Workroom"]

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_AT_ONCE: Final = 1
_MOST_KEPT: Final = 24
"""What was found can be large; memory has an end."""


@dataclass(frozen=True, slots=True)
class Work(Generic[_T]):
    """A piece of work as a page sees it.

    Parameters
    ----------
    sight
        What was found last.
    since
        When it was begun anew; None while nothing is under way.
    """

    sight: Sight[_T]
    since: datetime | None


@dataclass(slots=True)
class _Bench:
    sight: Sight[Any]
    since: datetime | None = None
    good_until_s: float = 0.0


class Workroom:
    """Where the work is done, one piece after another.

    Parameters
    ----------
    clock
        For when something was found and how long it is good.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._benches: OrderedDict[Hashable, _Bench] = OrderedDict()
        self._places = BoundedSemaphore(_AT_ONCE)

    def look(self, key: Hashable, job: Callable[[], _T], *, good_s: float) -> Work[_T]:
        """Return what is known, and begin the work when that is too old.

        Parameters
        ----------
        key
            Names the work with everything it depends on.
        job
            What is done; it is pickled, and so is what it returns.
        good_s
            How long what it found is good.
        """
        with self._lock:
            bench = self._bench(key)
            if bench.since is None and self._clock.monotonic() >= bench.good_until_s:
                bench.since = self._clock.now()
                Thread(target=self._do, args=(bench, job, good_s), daemon=True).start()
            return Work(cast("Sight[_T]", bench.sight), bench.since)

    def _bench(self, key: Hashable) -> _Bench:
        """Return the bench of a piece of work; the one looked at longest ago makes room for it."""
        bench = self._benches.setdefault(key, _Bench(Sight(None, None)))
        self._benches.move_to_end(key)
        while len(self._benches) > _MOST_KEPT:
            self._benches.popitem(last=False)
        return bench

    def _do(self, bench: _Bench, job: Callable[[], Any], good_s: float) -> None:
        with self._places:
            found = _in_a_process(job)
        with self._lock:
            if isinstance(found, ProratioError):
                _log.warning("a job of the dashboard failed: %s", found)
                bench.sight = Sight(bench.sight.value, bench.sight.read_at, str(found))
            else:
                bench.sight = Sight(found, self._clock.now())
            bench.since = None
            bench.good_until_s = self._clock.monotonic() + good_s


def _in_a_process(job: Callable[[], Any]) -> Any:
    """Return what a job finds, or the error that says why it found nothing."""
    command = [sys.executable, "-m", "proratio_tradehub.dashboard.reading.worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        if worker.stdin is None or worker.stdout is None:
            raise AssertionError("both pipes were asked for")
        pickle.dump(job, worker.stdin)
        worker.stdin.flush()
        found = worker.stdout.read()  # its input stays open meanwhile: it ends when that does
        worker.stdin.close()
    if worker.returncode:
        return TransientError(f"the process that works it out ended with {worker.returncode}")
    return pickle.loads(found)  # noqa: S301  # our own process wrote it
