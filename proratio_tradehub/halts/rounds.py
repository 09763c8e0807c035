"""Errands to PostgreSQL that nobody waits for: one thread makes the same rounds again and again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Final

from proratio_core.database import Database, open_database
from proratio_core.errors import ProratioError
from proratio_core.settings import Settings

__all__ = ["ROUND_S", "Rounds"]

ROUND_S: Final = 2.0
_STATEMENT_LIMIT_MS: Final = 2_000

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""

Duty = Callable[[Database], None]


class Rounds:
    """Does every duty once a round, in a thread that never keeps the process alive.

    Parameters
    ----------
    settings
        Where the database is. A round that cannot reach it ends there; the next one tries again.
    duties
        What to do, in order. One that raises ends the round.
    on_failure
        Told why a round failed, at once.
    round_s
        How long between two rounds.
    at_end
        What to do after the last one.
    """

    def __init__(
        self,
        settings: Settings,
        duties: Iterable[Duty],
        *,
        on_failure: Callable[[ProratioError], None],
        round_s: float = ROUND_S,
        at_end: Iterable[Callable[[], None]] = (),
    ) -> None:
        self._settings = settings
        self._duties = tuple(duties)
        self._on_failure = on_failure
        self._round_s = round_s
        self._at_end = tuple(at_end)
        self._due = threading.Event()
        self._is_over = threading.Event()
        self._first = threading.Event()
        self._thread = threading.Thread(target=self._work, name="proratio-rounds", daemon=True)
        self._thread.start()

    def hasten(self) -> None:
        """Begin the next round now."""
        self._due.set()

    def wait_for_first(self, limit_s: float) -> bool:
        """Return whether a first round was made, well or not, within `limit_s`."""
        return self._first.wait(limit_s)

    def close(self) -> None:
        """Let the thread end after the round it is in; do not wait for it."""
        self._is_over.set()
        self._due.set()

    def join(self, limit_s: float) -> None:
        """Wait for the thread to end, at most `limit_s`."""
        self._thread.join(limit_s)

    def _work(self) -> None:
        with ExitStack() as resources:
            for parting in self._at_end:
                resources.callback(parting)
            database: Database | None = None
            was_well = True
            while not self._is_over.is_set():
                try:
                    if database is None:
                        database = resources.enter_context(
                            open_database(self._settings, statement_timeout_ms=_STATEMENT_LIMIT_MS)
                        )
                    for duty in self._duties:
                        duty(database)
                    was_well = True
                except Exception as error:  # noqa: BLE001  # the thread's border: nothing is certain
                    failure = _expected(error)
                    self._on_failure(failure)
                    if was_well:
                        _log.warning("risk records: %s", failure)
                    was_well = False
                self._first.set()
                self._due.wait(self._round_s)
                self._due.clear()


def _expected(error: Exception) -> ProratioError:
    if isinstance(error, ProratioError):
        return error
    _log.error("risk records: a round failed unexpectedly", exc_info=error)
    return ProratioError(f"a round failed unexpectedly: {error!r}")
