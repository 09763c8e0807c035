"""What was ordered about entries, and where that leaves trading. Pure.

Orders are only ever added. A restraint holds until a resumption names it, so copies of the record
may be merged in any order, and one that missed a resumption is merely too careful.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

__all__ = ["LIMIT", "Action", "HaltEvent", "Mode", "Standing", "resumption", "standing_of"]


LIMIT: Final = "limit "
"""How the origin of an order begins that a limit made by itself; the limit's name follows."""


class Mode(StrEnum):
    """What trading may do; each next one allows no more than the one before.

    `REDUCE_ONLY` and stricter: no entry, no addition, open entry orders are cancelled. `SAFE_MODE`
    is the same, ordered by the program after repeated failures of its own. `HALTED`: besides,
    positions are not adjusted any more. Exits and stops go on in every mode.
    """

    TRADING = "trading"
    REDUCE_ONLY = "reduce-only"
    SAFE_MODE = "safe-mode"
    HALTED = "halted"

    @property
    def severity(self) -> int:
        """Its place in this order, 0 for trading."""
        return tuple(Mode).index(self)


class Action(StrEnum):
    """What an order says."""

    HALT = "halt"
    REDUCE_ONLY = "reduce-only"
    SAFE_MODE = "safe-mode"
    RESUME = "resume"
    LIQUIDATE = "liquidate"

    @property
    def mode(self) -> Mode:
        """What it restrains trading to; `TRADING` when it restrains nothing."""
        return _MODES.get(self, Mode.TRADING)


_MODES: Final = {
    Action.HALT: Mode.HALTED,
    Action.REDUCE_ONLY: Mode.REDUCE_ONLY,
    Action.SAFE_MODE: Mode.SAFE_MODE,
}


@dataclass(frozen=True, slots=True)
class HaltEvent:
    """One order.

    Parameters
    ----------
    id
        Unique for ever.
    action
        What it says.
    reason, by, at
        Why, who said it, and when (UTC).
    lifts
        The restraints a resumption ends, by id.
    """

    id: str
    action: Action
    reason: str
    by: str
    at: datetime
    lifts: tuple[str, ...] = ()

    @classmethod
    def now(
        cls, action: Action, *, reason: str, by: str, at: datetime, lifts: Iterable[str] = ()
    ) -> HaltEvent:
        """Return a new order."""
        return cls(uuid.uuid4().hex, action, reason, by, at, tuple(lifts))

    @property
    def is_of_a_limit(self) -> bool:
        """Whether a limit ordered it, and not a person."""
        return self.by.startswith(LIMIT)

    def __str__(self) -> str:
        return f"{self.action} by {self.by} at {self.at:%Y-%m-%d %H:%M:%S} UTC: {self.reason}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the orders leave trading.

    Parameters
    ----------
    mode
        The strictest restraint that holds.
    restraints
        Those that hold, the strictest first, then the oldest.
    unknown
        Why the orders are not known for certain; empty when they are.
    forgiven_at
        When a person last lifted what a limit had ordered: losses from before count no more, else
        the same limit would order it again at once. None when that never happened.
    """

    mode: Mode
    restraints: tuple[HaltEvent, ...] = ()
    unknown: str = ""
    forgiven_at: datetime | None = None

    @property
    def allows_entries(self) -> bool:
        """Whether a position may be opened or added to."""
        return self.mode is Mode.TRADING and not self.unknown

    @property
    def why(self) -> str:
        """In one line, what keeps entries out; empty when nothing does."""
        return "; ".join([*map(str, self.restraints), *([self.unknown] if self.unknown else [])])


def standing_of(events: Iterable[HaltEvent], *, unknown: str = "") -> Standing:
    """Return where `events`, in any order and with repetitions, leave trading.

    Examples
    --------
    >>> standing_of([]).mode.value
    'trading'
    """
    known = {event.id: event for event in events}
    lifted = {name for event in known.values() for name in event.lifts}
    holding = [
        event
        for event in known.values()
        if event.action.mode is not Mode.TRADING and event.id not in lifted
    ]
    holding.sort(key=lambda event: (-event.action.mode.severity, event.at, event.id))
    mode = holding[0].action.mode if holding else Mode.TRADING
    of_limits = {event.id for event in known.values() if event.is_of_a_limit}
    forgiven = [event.at for event in known.values() if not of_limits.isdisjoint(event.lifts)]
    return Standing(mode, tuple(holding), unknown, max(forgiven, default=None))


def resumption(events: Iterable[HaltEvent], *, reason: str, by: str, at: datetime) -> HaltEvent:
    """Return the order that ends every restraint in `events` that still holds."""
    lifts = (event.id for event in standing_of(events).restraints)
    return HaltEvent.now(Action.RESUME, reason=reason, by=by, at=at, lifts=lifts)
