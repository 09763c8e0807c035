"""Thousands of runs, each once: killed at any moment, the same sweep goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from proratio_core.database import Database
from proratio_quantlab.laboratory import Laboratory, Site
from proratio_quantlab.run_index import Failure, RunIndex, RunSummary
from proratio_quantlab.specification import Specification
from proratio_quantlab.workforce import LocalWorkforce, WorkerDiedError, Workforce

__all__ = ["Progress", "Sweep", "SweepReport", "run_sweep"]

_KILLED = "the process running it ended without an answer: killed, out of memory, or crashed"

Progress = Callable[[int, int], None]
"""Told how many runs are finished, of how many."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What is to be run, and on what terms.

    Parameters
    ----------
    specifications
        The runs; equal ones are one.
    fresh
        Run even what was run before.
    retry_failed
        Run again what failed before.
    """

    specifications: tuple[Specification, ...]
    fresh: bool = False
    retry_failed: bool = False


@dataclass(frozen=True)
class SweepReport:
    """What a sweep came to.

    Parameters
    ----------
    summaries
        The runs that have a result, in the order of the sweep.
    failures
        Those that raised, in that order.
    ran, reused
        How many were run now, and how many had been before.
    """

    summaries: tuple[RunSummary, ...]
    failures: tuple[Failure, ...]
    ran: int
    reused: int


def run_sweep(
    sweep: Sweep,
    database: Database,
    *,
    site: Site,
    workforce: Workforce,
    progress: Progress = lambda _done, _total: None,
) -> SweepReport:
    """Run what is not known yet; every result is stored by the worker as soon as it is there.

    A run that raises is recorded and the others go on. When a worker dies, what it may have been
    running is run again, one at a time and each in a process apart; a run that kills that process
    too is recorded as failed.

    Raises
    ------
    TransientError
        The database is away or its disk is full. What was finished is kept.
    """
    wanted = {run.hash: run for run in sweep.specifications}
    index = RunIndex(database)
    known = set() if sweep.fresh else _known(index, wanted, retry_failed=sweep.retry_failed)
    missing = [run for name, run in wanted.items() if name not in known]
    finishing = _finish(missing, index, site=site, workforce=workforce)
    for finished, _ in enumerate(finishing, start=len(known) + 1):
        progress(finished, len(wanted))
    summaries, failures = index.find(wanted), index.failures(wanted)
    return SweepReport(
        tuple(summaries[name] for name in wanted if name in summaries),
        tuple(failures[name] for name in wanted if name in failures and name not in summaries),
        ran=len(missing),
        reused=len(known),
    )


def _known(index: RunIndex, wanted: Iterable[str], *, retry_failed: bool) -> set[str]:
    names = list(wanted)
    known = index.stored(names)
    return known if retry_failed else known | set(index.failures(names))


def _finish(
    missing: Sequence[Specification], index: RunIndex, *, site: Site, workforce: Workforce
) -> Iterator[str]:
    """Yield the hash of each run as it is finished, whatever happens to the workers."""
    left = {run.hash: run for run in missing}
    while left:
        handed_out: list[Specification] = []
        try:
            for name in workforce.run(_run, _noted(list(left.values()), handed_out), site=site):
                del left[name]
                yield name
            return
        except WorkerDiedError:
            suspects = [run for run in handed_out if run.hash in left]
            for run in suspects:
                _run_apart(run, index, site=site)
                del left[run.hash]
                yield run.hash


def _noted(
    runs: Iterable[Specification], handed_out: list[Specification]
) -> Iterator[Specification]:
    for run in runs:
        handed_out.append(run)
        yield run


def _run_apart(run: Specification, index: RunIndex, *, site: Site) -> None:
    """Run one specification in a process of its own; its death is the run's failure."""
    apart = LocalWorkforce(1, apart=True)
    try:
        for _ in apart.run(partial(_run, known=True), [run], site=site):
            pass
    except WorkerDiedError:
        index.record_failure(Failure(run, _KILLED))


def _run(laboratory: Laboratory, run: Specification, *, known: bool = False) -> str:
    """Run one specification and keep what it gave; return its hash."""
    laboratory.trial(run, fresh=not known)
    return run.hash
