"""Do the configured weights earn their place: against equal, learned and the best voter; pure.

What is learned is learned walk-forward: at every opinion only outcomes known by then. All schemes
are judged on the same questions, those after the first lesson.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from proratio_signals.scoring.calls import Floats
from proratio_signals.scoring.intervals import Blocks, Estimate, ratio
from proratio_signals.scoring.walk_forward import walk_forward

__all__ = ["Scheme", "compare_weights", "learn_best", "learn_weights"]


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to weigh the voters.

    Parameters
    ----------
    name
        What it is called: configured, equal, learned, best voter.
    weights
        The weights, those in use at the end where they are learned; they sum to 1.
    accuracy
        Share of its directions the price followed.
    over_configured
        That minus the accuracy of the configured weights, on the same draws.
    mean_return_frac
        Mean move in its direction, before fees.
    """

    name: str
    weights: tuple[float, ...]
    accuracy: Estimate
    over_configured: Estimate
    mean_return_frac: Estimate


def learn_weights(convictions: Floats, returns: Floats) -> Floats:
    """Return weights, at least 0 and summing to 1, that best explain the sign of the outcome.

    Parameters
    ----------
    convictions
        Action x confidence, shape (n, v).
    returns
        Outcomes, shape (n,).

    Returns
    -------
    ndarray
        Shape (v,); equal weights when no voter helps.

    Notes
    -----
    Non-negative least squares. Source: Breiman, "Stacked regressions", Machine Learning 24, 1996.
    """
    found, _ = nnls(convictions, np.sign(returns))
    total = found.sum()
    voters = convictions.shape[1]
    return found / total if total > 0 else np.full(voters, 1 / voters)


def learn_best(convictions: Floats, returns: Floats) -> Floats:
    """Return all weight on the voter whose directions were right most often, shape (v,)."""
    named = np.sign(convictions)
    accuracy = ratio(
        ((named == np.sign(returns)[:, None]) & (named != 0)).sum(0), (named != 0).sum(0)
    )
    best = np.zeros(convictions.shape[1])
    best[int(np.argmax(np.nan_to_num(accuracy)))] = 1.0
    return best


def compare_weights(
    configured: tuple[float, ...],
    convictions: Floats,
    returns: Floats,
    *,
    times_ms: npt.NDArray[np.int64],
    resolved_ms: npt.NDArray[np.int64],
) -> tuple[Scheme, ...]:
    """Return every scheme on the same questions; empty while too little has been resolved.

    Parameters
    ----------
    configured
        The profile's weights, v of them.
    convictions
        Action x confidence of every voter, 0 where it abstained, shape (n, v).
    returns
        Outcome of each question, finite, shape (n,).
    times_ms, resolved_ms
        When each question was asked, ascending, and its outcome known, shape (n,).
    """
    voters = len(configured)
    learners: dict[str, Callable[[Floats, Floats], Floats]] = {
        "configured": lambda *_: np.array(configured),
        "equal": lambda *_: np.full(voters, 1 / voters),
        "learned": learn_weights,
        "best voter": learn_best,
    }
    folds = list(walk_forward(times_ms, resolved_ms))
    if not folds:
        return ()
    rows = np.concatenate([fold.future for fold in folds])
    weights: dict[str, list[Floats]] = {name: [] for name in learners}
    sides: dict[str, list[Floats]] = {name: [] for name in learners}
    for past, future in folds:
        for name, learn in learners.items():
            weights[name].append(learn(convictions[past], returns[past]))
            sides[name].append(_sides(convictions[future], weights[name][-1]))
    directions = {name: np.concatenate(parts) for name, parts in sides.items()}
    reach_ms = max(1, int(np.quantile(resolved_ms - times_ms, 0.95)))
    blocks = Blocks(times_ms[rows], reach_ms)
    return tuple(
        _scheme(name, weights[name][-1], directions, returns=returns[rows], blocks=blocks)
        for name in learners
    )


def _sides(convictions: Floats, weights: Floats) -> Floats:
    """Return 1, -1 or 0 for each question; float noise is no direction."""
    return np.sign(np.round(convictions @ weights, 12))


def _scheme(
    name: str,
    weights: Floats,
    directions: dict[str, Floats],
    *,
    returns: Floats,
    blocks: Blocks,
) -> Scheme:
    side, reference = directions[name], directions["configured"]
    acts, acts_reference = side != 0, reference != 0
    hits = (acts & (side == np.sign(returns))).astype(np.float64)
    hits_reference = (acts_reference & (reference == np.sign(returns))).astype(np.float64)
    columns = (
        hits,
        acts.astype(np.float64),
        hits_reference,
        acts_reference.astype(np.float64),
    )
    return Scheme(
        name,
        tuple(float(weight) for weight in weights),
        accuracy=blocks.mean(hits, acts),
        over_configured=blocks.estimate(
            columns, lambda t: ratio(t[0], t[1]) - ratio(t[2], t[3]), counted=columns[1]
        ),
        mean_return_frac=blocks.mean(side * returns, acts),
    )
