"""Whether entries are held back: what the desk asks, and the one that only a backtest knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from proratio_tradehub.halts import Action, HaltEvent, Standing, standing_of

__all__ = ["Doubting", "LiveRestraint", "Restraint", "SimulatedHalts"]


class Restraint(Protocol):
    """Who knows whether entries are held back, and remembers an order to hold them back."""

    def standing(self) -> Standing:
        """Return where the orders leave trading now; it never raises and never waits."""
        ...

    def order(self, action: Action, *, reason: str, by: str) -> HaltEvent:
        """Order it; it holds from now on."""
        ...


class Doubting(Protocol):
    """Somebody without whom there is no entry."""

    @property
    def doubt(self) -> str:
        """Why something is not certain that has to be; empty when it is. Microseconds."""
        ...


class LiveRestraint:
    """Whoever knows the halts; besides, no entry while anything else is not certain.

    Parameters
    ----------
    watch
        Knows the halts: of the installation, or of a session in virtual time.
    others
        Who else has to be certain: the clocks agree, nobody else trades this account.
    """

    def __init__(self, watch: Restraint, *others: Doubting) -> None:
        self._watch = watch
        self._others = others

    def standing(self) -> Standing:
        """Return where the orders leave trading now; microseconds."""
        standing = self._watch.standing()
        doubts = [doubt for other in self._others if (doubt := other.doubt)]
        if not doubts:
            return standing
        return replace(standing, unknown="; ".join(filter(None, [standing.unknown, *doubts])))

    def order(self, action: Action, *, reason: str, by: str) -> HaltEvent:
        """Order it; it holds from now on, here and everywhere else."""
        return self._watch.order(action, reason=reason, by=by)


class SimulatedHalts:
    """Halts inside a backtest: they hold to its end, and nothing outside ever hears of them."""

    def __init__(self) -> None:
        self._events: list[HaltEvent] = []
        self._standing = standing_of(())
        self.now: datetime | None = None
        """The simulated time, for the record; whoever moves it says so here."""

    def standing(self) -> Standing:
        """Return where the orders of this run leave it."""
        return self._standing

    def order(self, action: Action, *, reason: str, by: str) -> HaltEvent:
        """Order it for the rest of the run."""
        if self.now is None:
            raise ValueError("a simulated order was given before the simulated time began")
        event = HaltEvent.now(action, reason=reason, by=by, at=self.now)
        self._events.append(event)
        self._standing = standing_of(self._events)
        return event
