"""Every figure of one voter over one stretch of its record; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from proratio_signals.scoring.accuracy import (
    direction_accuracy,
    mean_call_return,
    naive_return_error,
    return_error,
)
from proratio_signals.scoring.calibration import Calibration, calibrate
from proratio_signals.scoring.calls import Calls
from proratio_signals.scoring.intervals import Blocks, Estimate
from proratio_signals.scoring.placebo import Placebo, placebos
from proratio_signals.scoring.probability import Bin, brier_score, log_loss, reliability
from proratio_signals.scoring.regimes import REGIMES
from proratio_signals.scoring.verdict import Verdict, judge_excess

__all__ = ["Figures", "Slice", "figures_of"]


@dataclass(frozen=True, slots=True)
class Slice:
    """Direction accuracy in one pair, or in one regime."""

    name: str
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Figures:
    """What one voter was worth over one stretch of time.

    Parameters
    ----------
    opinions, calls
        Resolved opinions, and those of them that name a direction.
    horizons
        Independent stretches of time they rest on: cells of the bootstrap.
    verdict
        What the excess over the placebos allows to say.
    accuracy
        Share of directions the price followed.
    mean_call_return_frac
        Mean move in the called direction, before fees and cost.
    return_error_frac, naive_return_error_frac
        Mean absolute error of the forecast move, and of forecasting none.
    brier, log_loss
        Scores of the confidence as a probability.
    reliability
        How often each confidence was right.
    placebos
        What knowing nothing would have reached, and the excess over it.
    calibration
        What mapping the confidence would bring; None while too little is resolved.
    by_pair, by_regime
        Accuracy in parts.
    """

    opinions: int
    calls: int
    horizons: int
    verdict: Verdict
    accuracy: Estimate
    mean_call_return_frac: Estimate
    return_error_frac: Estimate
    naive_return_error_frac: Estimate
    brier: Estimate
    log_loss: Estimate
    reliability: tuple[Bin, ...]
    placebos: tuple[Placebo, ...]
    calibration: Calibration | None
    by_pair: tuple[Slice, ...]
    by_regime: tuple[Slice, ...]


def figures_of(calls: Calls, *, series_names: Sequence[str], is_rules: bool) -> Figures:
    """Return the figures of a voter.

    Parameters
    ----------
    calls
        Its resolved opinions of one stretch of time.
    series_names
        What each number in `calls.series` stands for.
    is_rules
        Whether the voter is rules, which are then no placebo for it.
    """
    blocks = Blocks(calls.times_ms, calls.reach_ms)
    known_nothing = placebos(calls, blocks, with_rules=not is_rules)
    directions = int(calls.directional.sum())
    return Figures(
        opinions=len(calls),
        calls=directions,
        horizons=blocks.cells,
        verdict=judge_excess(known_nothing, calls=directions),
        accuracy=direction_accuracy(calls, blocks),
        mean_call_return_frac=mean_call_return(calls, blocks),
        return_error_frac=return_error(calls, blocks),
        naive_return_error_frac=naive_return_error(calls, blocks),
        brier=brier_score(calls, blocks),
        log_loss=log_loss(calls, blocks),
        reliability=reliability(calls, blocks),
        placebos=known_nothing,
        calibration=calibrate(calls),
        by_pair=_slices(calls, blocks, calls.series, series_names),
        by_regime=_slices(calls, blocks, calls.regime, REGIMES),
    )


def _slices(
    calls: Calls,
    blocks: Blocks,
    part: npt.NDArray[np.intp] | npt.NDArray[np.int8],
    names: Sequence[str],
) -> tuple[Slice, ...]:
    return tuple(
        Slice(name, blocks.mean(calls.hits, calls.directional & (part == number)))
        for number, name in enumerate(names)
        if (part == number).any()
    )
