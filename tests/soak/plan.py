"""What goes wrong in which loop: a pure function of seed, round and loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from proratio_core.replay import Fault, FaultKind

_ORDER_KINDS: Final = (
    *(FaultKind.REPLY_LOST, FaultKind.REPLY_LOST, FaultKind.RESET, FaultKind.CUT_BODY),
    *(FaultKind.SERVER_ERROR, FaultKind.RATE_LIMIT, FaultKind.BAN, FaultKind.REJECTED),
)
_ROW_KINDS: Final = (
    *(FaultKind.RATE_LIMIT, FaultKind.BAN, FaultKind.SERVER_ERROR, FaultKind.RESET),
    *(FaultKind.CUT_BODY, FaultKind.TRUNCATED, FaultKind.HOLED, FaultKind.EMPTY),
    *(FaultKind.DUPLICATED, FaultKind.UNORDERED),
)
_SILENCE: Final = Fault(FaultKind.SILENCE, seconds=4.0)
"""Longer than the bot waits; a real wait, so there are few."""

_STOP_REJECTED: Final = Fault(FaultKind.REJECTED, order_type="STOP_LOSS_LIMIT")


@dataclass(frozen=True)
class Rates:
    """How often, in a loop of ten virtual minutes."""

    order_fault: float = 0.02
    row_fault: float = 0.05
    silence: float = 0.0005
    halt: float = 0.005
    database_away: float = 0.003
    jump: float = 0.01


@dataclass(frozen=True)
class Mishaps:
    """What happens around one loop.

    Parameters
    ----------
    order_faults, row_faults
        What befalls the bot's next requests of these kinds.
    halt_loops
        A halt is ordered that is lifted after so many loops; 0 for none.
    is_midway
        It is ordered when the bot asks for candles, in the middle of a loop.
    away_loops
        PostgreSQL is away for so many loops; 0 for none.
    late_s
        The next loop comes so much later.
    """

    order_faults: tuple[Fault, ...] = ()
    row_faults: tuple[Fault, ...] = ()
    halt_loops: int = 0
    is_midway: bool = False
    away_loops: int = 0
    late_s: float = 0.0


def plan_loop(seed: int, number: int, loop: int, rates: Rates) -> Mishaps:
    """Return what happens around a loop of a round; always the same."""
    rng = Random(f"{seed}/{number}/{loop}")
    return Mishaps(
        order_faults=_order_faults(rng, rates),
        row_faults=_drawn(rng, _ROW_KINDS) if rng.random() < rates.row_fault else (),
        halt_loops=rng.randint(6, 36) if rng.random() < rates.halt else 0,
        is_midway=rng.random() < 0.5,
        away_loops=rng.randint(1, 4) if rng.random() < rates.database_away else 0,
        late_s=rng.uniform(1, 1_500) if rng.random() < rates.jump else 0.0,
    )


def plan_deaths(seed: int, number: int, kills: int, points: Sequence[str]) -> tuple[str, ...]:
    """Return where the bot of a round dies, one after another; every point comes up."""
    rng = Random(f"{seed}/{number}/deaths")
    bag: list[str] = []
    while len(bag) < kills:
        bag += rng.sample(points, len(points))
    return tuple(bag[:kills])


def _order_faults(rng: Random, rates: Rates) -> tuple[Fault, ...]:
    if rng.random() < rates.silence:
        return (_SILENCE,)
    if rng.random() >= rates.order_fault:
        return ()
    return (_STOP_REJECTED,) if rng.random() < 0.15 else _drawn(rng, _ORDER_KINDS)


def _drawn(rng: Random, kinds: Sequence[FaultKind]) -> tuple[Fault, ...]:
    return tuple(
        Fault(rng.choice(kinds), seconds=rng.choice((5, 30, 90))) for _ in range(rng.choice((1, 2)))
    )
