"""Is confidence a probability: Brier score, logarithmic loss, reliability curve; pure.

The stated confidence of a BUY or SELL is read as the probability that the price moves that way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from proratio_signals.scoring.calls import Calls, Floats
from proratio_signals.scoring.intervals import Blocks, Estimate

__all__ = ["CLIP", "Bin", "brier_score", "log_loss", "reliability", "squared_errors"]

CLIP: Final = 1e-3
"""A confidence of 0 or 1 is taken as this far from it: one mistake costs 6.9 and not infinity."""

_BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The opinions whose confidence lies in `low` to `high`.

    Parameters
    ----------
    confidence
        Their mean confidence, 0 to 1.
    hit_frac
        How many of them were right, with its interval.
    """

    low: float
    high: float
    confidence: float
    hit_frac: Estimate


def squared_errors(probability: Floats, hits: Floats) -> Floats:
    """Return the squared distance of each probability from what happened (1 or 0)."""
    return np.asarray((probability - hits) ** 2, dtype=np.float64)


def brier_score(calls: Calls, blocks: Blocks) -> Estimate:
    """Return the Brier score: 0 is perfect, 0.25 is a coin that knows it is one.

    Source: Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
    Review 78, 1950, in the form with one term per event.
    """
    return blocks.mean(squared_errors(calls.confidence, calls.hits), calls.directional)


def log_loss(calls: Calls, blocks: Blocks) -> Estimate:
    """Return the mean negative log-likelihood in nats: 0 is perfect, 0.693 is a fair coin.

    Source: Good, "Rational decisions", Journal of the Royal Statistical Society B 14, 1952.
    """
    stated = np.clip(calls.confidence, CLIP, 1 - CLIP)
    right = np.where(calls.hits > 0, stated, 1 - stated)
    return blocks.mean(-np.log(right), calls.directional)


def reliability(calls: Calls, blocks: Blocks) -> tuple[Bin, ...]:
    """Return how often opinions of each confidence were right, in bins of one tenth.

    Empty bins are left out; a confidence on a border belongs to the bin above it, 1.0 to the last.

    Source: Murphy & Winkler, "Reliability of subjective probability forecasts of precipitation and
    temperature", Applied Statistics 26, 1977.
    """
    place = np.minimum((calls.confidence * _BINS + 1e-9).astype(int), _BINS - 1)
    found = []
    for number in np.unique(place[calls.directional]):
        inside = calls.directional & (place == number)
        found.append(
            Bin(
                low=number / _BINS,
                high=(number + 1) / _BINS,
                confidence=float(calls.confidence[inside].mean()),
                hit_frac=blocks.mean(calls.hits, inside),
            )
        )
    return tuple(found)
