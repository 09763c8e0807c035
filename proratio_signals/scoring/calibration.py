"""From stated confidence to probability, learned walk-forward: isotonic and Platt; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit, logit

from proratio_signals.scoring.calls import Calls, Floats
from proratio_signals.scoring.intervals import Blocks, Estimate
from proratio_signals.scoring.probability import CLIP, squared_errors
from proratio_signals.scoring.walk_forward import walk_forward

__all__ = ["Calibration", "Mapping", "calibrate", "fit_isotonic", "fit_platt"]

Mapping = Callable[[Floats], Floats]
"""From confidence to probability."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What calibrating would have brought, on opinions after those it was learned from.

    Parameters
    ----------
    n
        Opinions judged.
    raw, isotonic, platt
        Brier scores of the confidence as stated and as mapped.
    isotonic_gain, platt_gain
        Raw minus mapped: above zero, calibrating helps.
    """

    n: int
    raw: Estimate
    isotonic: Estimate
    platt: Estimate
    isotonic_gain: Estimate
    platt_gain: Estimate


def fit_isotonic(confidence: Floats, hits: Floats) -> Mapping:
    """Return the non-decreasing map that fits best in least squares.

    Between two levels it is linear, outside them constant.

    Source: Zadrozny & Elkan, "Transforming classifier scores into accurate multiclass probability
    estimates", KDD 2002; pool-adjacent-violators as scipy has it.
    """
    levels, place, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=hits) / counts
    fitted = isotonic_regression(means, weights=counts.astype(np.float64)).x
    return lambda stated: np.interp(stated, levels, fitted)


def fit_platt(confidence: Floats, hits: Floats) -> Mapping:
    """Return the sigmoid map a x logit(confidence) + b of greatest likelihood.

    Source: Platt, "Probabilistic outputs for support vector machines", 1999, with its targets
    (n+ + 1)/(n+ + 2) and 1/(n- + 2), which keep the fit finite.
    """
    score = _logits(confidence)
    right = hits.sum()
    target = np.where(hits > 0, (right + 1) / (right + 2), 1 / (len(hits) - right + 2))

    def loss(parameters: Floats) -> tuple[float, Floats]:
        line = parameters[0] * score + parameters[1]
        error = expit(line) - target
        value = (np.logaddexp(0, line) - target * line).mean()
        return float(value), np.array([(error * score).mean(), error.mean()])

    slope, shift = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS").x
    return lambda stated: np.asarray(expit(slope * _logits(stated) + shift), dtype=np.float64)


def calibrate(calls: Calls) -> Calibration | None:
    """Return what calibrating would have brought; None while too little has been resolved.

    Parameters
    ----------
    calls
        One voter's opinions; only BUY and SELL are used.
    """
    named = calls.where(calls.directional)
    mapped: list[tuple[Floats, Floats]] = []
    judged: list[np.ndarray] = []
    for past, future in walk_forward(named.times_ms, named.resolved_ms):
        known = named.confidence[past], named.hits[past]
        stated = named.confidence[future]
        mapped.append((fit_isotonic(*known)(stated), fit_platt(*known)(stated)))
        judged.append(future)
    if not judged:
        return None
    rows = np.concatenate(judged)
    hits = named.hits[rows]
    raw = squared_errors(named.confidence[rows], hits)
    isotonic, platt = (
        squared_errors(np.concatenate(column), hits) for column in zip(*mapped, strict=True)
    )
    blocks = Blocks(named.times_ms[rows], named.reach_ms)
    return Calibration(
        len(rows),
        blocks.mean(raw),
        blocks.mean(isotonic),
        blocks.mean(platt),
        isotonic_gain=blocks.mean(raw - isotonic),
        platt_gain=blocks.mean(raw - platt),
    )


def _logits(confidence: Floats) -> Floats:
    return np.asarray(logit(np.clip(confidence, CLIP, 1 - CLIP)), dtype=np.float64)
