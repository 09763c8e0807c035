"""Many runs at once: joblib's processes on this machine, each with its engine kept loaded."""

from __future__ import annotations

import logging
import signal
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from typing import Final, Protocol, TypeVar

import joblib

from proratio_core.errors import TransientError
from proratio_core.settings import tell_processes
from proratio_quantlab.laboratory import Laboratory, Site

__all__ = ["Job", "LocalWorkforce", "WorkerDiedError", "Workforce", "at_work", "local_workers"]

Item = TypeVar("Item")
Done = TypeVar("Done")
Job = Callable[[Laboratory, Item], Done]
"""What a worker does with one item; a function of a module, so that it can be named elsewhere."""

_AHEAD: Final = 2
"""Items handed out for each worker: one under way, one waiting."""


class WorkerDiedError(TransientError):
    """A process ended without an answer: killed, out of memory, or crashed."""


class Workforce(Protocol):
    """Does jobs somewhere."""

    @property
    def workers(self) -> int:
        """How many jobs are under way at once."""
        ...

    def run(self, job: Job[Item, Done], items: Iterable[Item], *, site: Site) -> Iterator[Done]:
        """Yield what the job made of each item, as soon as it is done, in any order.

        Items are taken from the iterable as workers become free.

        Raises
        ------
        WorkerDiedError
            A process ended without an answer. What it had stored is stored.
        ProratioError
            What a job raised; the others are given up.
        """
        ...


class LocalWorkforce:
    """Processes of this machine; with one worker, this process itself.

    Parameters
    ----------
    workers
        How many jobs are under way at once.
    apart
        Use processes of their own even for one worker, so that a crash is not this one's.
    """

    def __init__(self, workers: int, *, apart: bool = False) -> None:
        self.workers = workers
        self._apart = apart

    def run(self, job: Job[Item, Done], items: Iterable[Item], *, site: Site) -> Iterator[Done]:
        """Yield what the job made of each item; see `Workforce.run`."""
        if self.workers == 1 and not self._apart:
            with Laboratory(site) as laboratory:
                for item in items:
                    yield job(laboratory, item)
            return
        parallel = joblib.Parallel(
            n_jobs=max(self.workers, 2),  # joblib's one worker is the calling process
            backend="loky",  # unlike a forked pool it notices a killed worker
            return_as="generator_unordered",
            batch_size=1,
            pre_dispatch=1 if self.workers == 1 else _AHEAD * self.workers,
        )
        try:
            yield from parallel(joblib.delayed(at_work)(job, item, site) for item in items)
        except BrokenProcessPool as error:
            raise WorkerDiedError(
                "a worker process ended without an answer: it was killed, ran out of memory, or "
                "crashed"
            ) from error


def local_workers() -> int:
    """Return how many processes this machine can run at once."""
    return int(joblib.cpu_count())


def at_work(job: Job[Item, Done], item: Item, site: Site) -> Done:
    """Do a job in a worker process, whose engine stays loaded between jobs."""
    return job(_resident(site), item)


@lru_cache(maxsize=1)
def _resident(site: Site) -> Laboratory:
    """Return this process's laboratory; it lives as long as the process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the calling process decides what Ctrl-C ends
    logging.disable(logging.ERROR)  # what fails is recorded with the run
    warnings.simplefilter("ignore")
    tell_processes({"DATABASE_URL": site.database_url})  # strategies read their votes there
    return Laboratory(site)
