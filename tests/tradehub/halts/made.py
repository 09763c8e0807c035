"""Orders for tests, and a clock that stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from proratio_core.clock import FixedClock
from proratio_tradehub.halts.events import Action, HaltEvent

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


def clock() -> FixedClock:
    return FixedClock(NOON)


def order(
    name: str, action: Action = Action.HALT, *, minute: int = 0, lifts: tuple[str, ...] = ()
) -> HaltEvent:
    """Return an order whose id is its name."""
    at = NOON + timedelta(minutes=minute)
    return HaltEvent(name, action, f"because of {name}", "a test", at, lifts)
