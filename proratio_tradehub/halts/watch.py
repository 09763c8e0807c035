"""Whether a trading process may enter, known before it is asked."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from proratio_core.clock import Clock
from proratio_core.database import Database
from proratio_core.errors import DataError, ProratioError, TransientError
from proratio_tradehub.halts.events import Action, HaltEvent, Standing, standing_of
from proratio_tradehub.halts.halt_file import HaltFile, Signature
from proratio_tradehub.halts.ledger import HaltLedger

__all__ = ["STALE_S", "HaltWatch"]

STALE_S: Final = 10.0
"""What PostgreSQL said longer ago than that is not known any more."""

_log = logging.getLogger(__name__)
"""The standard library's: inside Freqtrade the host decides how its process logs."""


class HaltWatch:
    """The orders as one trading process knows them: a third copy, besides file and database.

    `standing` costs a look at the file's time of change. `patrol` reads PostgreSQL, in another
    thread (`rounds.py`); when it fails, or has not succeeded for ten seconds, no entry is allowed.

    Parameters
    ----------
    file
        The halt file of this machine.
    clock
        The time it is.
    """

    def __init__(self, file: HaltFile, *, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._events: dict[str, HaltEvent] = {}
        self._in_file: frozenset[str] = frozenset()
        self._signature: Signature | str = "never looked at"
        self._problem = ""
        self._standing = Standing(mode=standing_of(()).mode)
        self._seen_at: float | None = None
        self._away = "the halts in PostgreSQL were not read yet"

    def standing(self) -> Standing:
        """Return where the orders leave trading now; microseconds, and it never raises."""
        self._look()
        seen_at = self._seen_at
        if seen_at is None:
            return self._doubted(self._away)
        age_s = self._clock.monotonic() - seen_at
        if age_s > STALE_S:
            return self._doubted(f"the halts in PostgreSQL were last read {age_s:.0f} s ago")
        return self._standing

    def order(self, action: Action, *, reason: str, by: str) -> HaltEvent:
        """Order it: in memory at once, in the file on return, in PostgreSQL with the next patrol.

        An order that says what one still holding says already, of the same origin, is that order.
        """
        with self._lock:
            for held in self._standing.restraints:
                if (held.action, held.by) == (action, by):
                    return held
        event = HaltEvent.now(action, reason=reason, by=by, at=self._clock.now())
        self._learn([event])
        _log.critical("risk: %s", event)
        try:
            try:
                self._file.add([event])
            except DataError:
                self._file.renew([event])
        except TransientError as error:
            _log.error("risk: %s; it holds in this process, and PostgreSQL is told", error)
        return event

    def patrol(self, database: Database) -> None:
        """Learn what PostgreSQL knows; give it, and the file, what they lack.

        Raises
        ------
        TransientError
            PostgreSQL is away, or the file cannot be written.
        """
        ledger = HaltLedger(database)
        self._look()
        recorded = ledger.read()
        self._learn(recorded)
        known = {event.id for event in recorded}
        events = tuple(self._events.values())
        ledger.add([event for event in events if event.id not in known])
        self._seen_at = self._clock.monotonic()
        if not self._problem and any(event.id not in self._in_file for event in events):
            self._file.add(events)

    def lost(self, error: ProratioError) -> None:
        """Take note that PostgreSQL could not be asked: from now on nothing is certain."""
        self._away = f"the halts in PostgreSQL cannot be read: {error}"
        self._seen_at = None

    def _look(self) -> None:
        """Read the file again if it has changed."""
        try:
            signature = self._file.signature()
            if signature == self._signature:
                return
            events, problem = self._file.read(), ""
        except DataError as error:
            signature, events, problem = None, (), str(error)
            if problem != self._problem:
                _log.critical("risk: %s", error)
        self._problem = problem
        self._in_file = frozenset(event.id for event in events)
        self._learn(events)
        self._signature = "not readable" if problem else signature

    def _learn(self, events: Iterable[HaltEvent]) -> None:
        with self._lock:
            self._events.update((event.id, event) for event in events)
            self._standing = standing_of(self._events.values(), unknown=self._problem)

    def _doubted(self, doubt: str) -> Standing:
        known = self._standing
        return replace(known, unknown="; ".join(filter(None, [known.unknown, doubt])))
