"""The orders in both places at once: either halts, and neither is needed to halt.

`Halts` is for a command: it reads and writes at once and says what it could not reach. A trading
process asks `HaltWatch` (`watch.py`), which knows the answer before it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from proratio_core.clock import Clock
from proratio_core.errors import DataError, ProratioError, TransientError
from proratio_core.settings import Settings
from proratio_tradehub.halts.events import Action, HaltEvent, Standing, resumption, standing_of
from proratio_tradehub.halts.halt_file import HaltFile
from proratio_tradehub.halts.ledger import HaltLedger

__all__ = ["Halts", "Recorded", "halt_file"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of an order.

    Parameters
    ----------
    event
        The order.
    missed
        Why it did not get everywhere, a line for each place; `settle` catches up.
    """

    event: HaltEvent
    missed: tuple[str, ...] = ()


class Halts:
    """The orders of an installation, read and written at once.

    Parameters
    ----------
    file
        The halt file of this machine.
    ledger
        The halts in PostgreSQL; or the error that says why it is away.
    clock
        The time it is.
    """

    def __init__(self, file: HaltFile, ledger: HaltLedger | ProratioError, *, clock: Clock) -> None:
        self._file = file
        self._ledger = ledger
        self._clock = clock

    def standing(self) -> Standing:
        """Return where the orders of both places leave trading; what is not known is said."""
        events, problems = self._read()
        return standing_of(events, unknown="; ".join(problems))

    def order(self, action: Action, *, reason: str, by: str) -> Recorded:
        """Record an order wherever it can be recorded.

        Raises
        ------
        TransientError
            It could be recorded nowhere, so nothing was ordered.
        """
        event = HaltEvent.now(action, reason=reason, by=by, at=self._clock.now())
        missed = [*self._to_file(event), *self._to_ledger([event])]
        if len(missed) == 2:
            raise TransientError(f"nothing was ordered: {'; '.join(missed)}")
        return Recorded(event, tuple(missed))

    def resume(self, *, reason: str, by: str) -> Recorded:
        """End every restraint that is known, on both sides.

        A file that is not readable is set aside and begun anew, when PostgreSQL can be asked what
        it may have held. While PostgreSQL is away, a halt that only it knows goes on.

        Raises
        ------
        TransientError
            Neither place can be read, or the file cannot be written.
        """
        events, problems = self._read()
        if len(problems) == 2:
            raise TransientError(f"nothing was resumed: {'; '.join(problems)}")
        event = resumption(events, reason=reason, by=by, at=self._clock.now())
        known = [*events, event]
        missed = self._to_ledger(known)
        if self._file.renew(known) is None:
            self._file.add(known)
        return Recorded(event, tuple(missed))

    def settle(self) -> tuple[str, ...]:
        """Give each side the orders it lacks; return why that was not possible, if it was not."""
        events, problems = self._read()
        if problems:
            return tuple(problems)
        missed = self._to_ledger(events)
        try:
            self._file.add(events)
        except (DataError, TransientError) as error:
            missed.append(str(error))
        return tuple(missed)

    def history(self) -> tuple[HaltEvent, ...]:
        """Return every order that is known, oldest first."""
        events, _ = self._read()
        return tuple(sorted({event.id: event for event in events}.values(), key=lambda e: e.at))

    def _read(self) -> tuple[list[HaltEvent], list[str]]:
        events: list[HaltEvent] = []
        problems: list[str] = []
        try:
            events += self._file.read()
        except DataError as error:
            problems.append(str(error))
        try:
            events += _usable(self._ledger).read()
        except ProratioError as error:
            problems.append(str(error))
        return events, problems

    def _to_file(self, event: HaltEvent) -> list[str]:
        try:
            try:
                self._file.add([event])
            except DataError:
                self._file.renew([event])
        except TransientError as error:
            return [str(error)]
        return []

    def _to_ledger(self, events: Iterable[HaltEvent]) -> list[str]:
        try:
            _usable(self._ledger).add(events)
        except ProratioError as error:
            return [str(error)]
        return []


def halt_file(settings: Settings) -> HaltFile:
    """Return the halt file of this installation."""
    return HaltFile(settings.state_dir / "halts.json")


def _usable(ledger: HaltLedger | ProratioError) -> HaltLedger:
    if isinstance(ledger, ProratioError):
        raise ledger
    return ledger
