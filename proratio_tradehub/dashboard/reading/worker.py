"""A process that does one job for the dashboard, behind everything else, and ends with it.

The job comes in by standard input and what it found goes out by standard output, both pickled:
either end is this program, and nobody else can write into a pipe between the two.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from threading import Event, Thread
from typing import Final

from proratio_core.errors import ProratioError, TransientError

__all__ = ["main"]

_NICENESS: Final = 10
_ABANDONED: Final = 3


def main() -> None:
    """Do the job that stands on standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the dashboard closes the pipe when it ends
    os.nice(_NICENESS)
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not get between
    job = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own process wrote it
    done = Event()
    Thread(target=_end_with_the_dashboard, args=(done,), daemon=True).start()
    try:
        found = job()
    except ProratioError as error:
        found = TransientError(str(error))
    pickle.dump(found, results)
    done.set()
    results.close()


def _end_with_the_dashboard(done: Event) -> None:
    while os.read(0, 1):  # unbuffered: a lock held here would be met when the process ends
        continue
    os._exit(0 if done.is_set() else _ABANDONED)


if __name__ == "__main__":
    main()
