"""What the figures allow to say, in words; pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from proratio_signals.scoring.intervals import Estimate
from proratio_signals.scoring.placebo import Placebo

__all__ = ["FEWEST_CALLS", "Verdict", "judge_excess", "shown_by_memory"]

FEWEST_CALLS = 100
"""Fewer BUY and SELL opinions than this prove nothing."""


class Verdict(StrEnum):
    """What a stretch of a track record shows."""

    BETTER = "better than placebo"
    """The excess over every placebo is above zero, interval included."""
    WORTHLESS = "no better than placebo"
    WORSE = "worse than placebo"
    """The excess over a coin or over its own shuffled answers is below zero, interval included."""
    TOO_FEW = "too few to say"


def judge_excess(placebos: Sequence[Placebo], *, calls: int) -> Verdict:
    """Return the verdict on a voter from its excess over the placebos.

    Parameters
    ----------
    placebos
        As `placebo.placebos` returns them.
    calls
        How many BUY and SELL opinions they rest on.
    """
    known = [placebo for placebo in placebos if placebo.accuracy.n]
    if calls < FEWEST_CALLS or any(placebo.excess.low is None for placebo in known):
        return Verdict.TOO_FEW
    if all(placebo.excess.is_above_zero for placebo in known):
        return Verdict.BETTER
    chance = (placebo for placebo in known if placebo.name != "rules")
    worse = any(placebo.excess.is_below_zero for placebo in chance)
    return Verdict.WORSE if worse else Verdict.WORTHLESS


def shown_by_memory(gap: Estimate | None) -> bool:
    """Return whether a voter is provably better before the cutoff than after it."""
    return gap is not None and gap.is_above_zero
