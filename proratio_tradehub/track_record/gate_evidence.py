"""Is the gate better than luck, when luck had as many tries as you; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from proratio_quantlab.inference import (
    SharpeEstimate,
    Trials,
    deflated_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
)
from proratio_signals.scoring import GateRecord

__all__ = ["GateEvidence", "evidence_of"]

_FEWEST: Final = 20
"""As everywhere in a track record: nothing is said from fewer stretches of time."""


@dataclass(frozen=True, slots=True)
class GateEvidence:
    """What the excess of a gate over its placebo allows to say.

    Parameters
    ----------
    sharpe
        Sharpe ratio of the excess, per stretch of time; None where too few, or all alike.
    stretches
        How many.
    probabilistic
        Probability that the true ratio is above zero.
    trials
        Panels tried, this one included.
    deflated
        Probability that it is above what the best of as many worthless panels is expected to show.
    needed
        Stretches that would make the ratio believable at 95%; None where it is not positive.
    """

    sharpe: float | None
    stretches: int
    probabilistic: float | None
    trials: int
    deflated: float | None
    needed: float | None


def evidence_of(record: GateRecord, *, declared_trials: int = 1) -> GateEvidence:
    """Return what a gate's record is worth.

    Parameters
    ----------
    record
        The gate, and every other panel of the ledger.
    declared_trials
        Panels tried in all, where the user knows of more than the ledger does.
    """
    trials = max(declared_trials, 1 + len(record.rivals))
    own = _estimate(record.excess_frac)
    if own is None:
        return GateEvidence(None, len(record.excess_frac), None, trials, None, None)
    rivals = [_estimate(rival.excess_frac) for rival in record.rivals]
    ratios = [own.sharpe, *(rival.sharpe for rival in rivals if rival is not None)]
    # worthless trials nobody has measured scatter as widely as one measurement errs
    deviation = Trials.of(ratios).deviation if len(ratios) > 1 else own.standard_error
    return GateEvidence(
        own.sharpe,
        own.observations,
        probabilistic_sharpe(own),
        trials,
        deflated_sharpe(own, Trials(trials, deviation)),
        minimum_track_record(own),
    )


def _estimate(excess_frac: Sequence[float]) -> SharpeEstimate | None:
    if len(excess_frac) < _FEWEST:
        return None
    return SharpeEstimate.of(np.array(excess_frac, np.float64))
