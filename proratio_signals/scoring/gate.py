"""What the gate lets in, against a gate that lets in as many at random; pure.

The gate enters where the vote says BUY. Its placebo enters as often in the same pair, on candles
drawn by lot among those that were asked about, and is taken in expectation over all lots. Returns
are those of the judged horizon, before fees, and are averaged over stretches of time as long as a
horizon, so that the series has one value where there is one piece of news.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proratio_signals.opinions import Action
from proratio_signals.scoring.calls import Calls, Floats
from proratio_signals.scoring.intervals import Blocks, Estimate

__all__ = ["GateRecord", "RivalGate", "gate_excess", "gate_record"]


@dataclass(frozen=True, slots=True)
class RivalGate:
    """Another panel that was asked about these pairs, and could have been picked instead.

    Parameters
    ----------
    profile
        Its name.
    excess_frac
        As of `GateRecord`.
    """

    profile: str
    excess_frac: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class GateRecord:
    """How a panel's gate did.

    Parameters
    ----------
    questions, entries
        Resolved questions, and those it let in.
    mean_excess_frac
        Return of the entries beyond the placebo's, per question.
    excess_frac
        The same averaged over each stretch of time, ascending.
    rivals
        What else was tried here.
    """

    questions: int
    entries: int
    mean_excess_frac: Estimate
    excess_frac: tuple[float, ...]
    rivals: tuple[RivalGate, ...]


def gate_record(calls: Calls, rivals: tuple[RivalGate, ...]) -> GateRecord:
    """Return the record of a panel whose resolved votes are `calls`, at least one."""
    excess = _excess(calls)
    return GateRecord(
        len(calls),
        int(_enters(calls).sum()),
        mean_excess_frac=Blocks(calls.times_ms, calls.reach_ms).mean(excess),
        excess_frac=gate_excess(calls),
        rivals=rivals,
    )


def gate_excess(calls: Calls) -> tuple[float, ...]:
    """Return the excess over the placebo, one mean for each stretch of time with a question."""
    _, cell = np.unique(calls.times_ms // calls.reach_ms, return_inverse=True)
    totals = np.bincount(cell, weights=_excess(calls))
    return tuple((totals / np.bincount(cell)).tolist())


def _excess(calls: Calls) -> Floats:
    """Return for each question the gate's return minus its placebo's, shape (n,)."""
    enters = _enters(calls)
    excess = np.zeros(len(calls))
    for series in np.unique(calls.series):
        inside = calls.series == series
        share = enters[inside].mean()
        excess[inside] = (enters[inside] - share) * calls.return_frac[inside]
    return excess


def _enters(calls: Calls) -> Floats:
    return np.asarray(calls.action == Action.BUY.code, dtype=np.float64)
