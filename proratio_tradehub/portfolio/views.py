"""What the consensus expects of an asset, as Black-Litterman wants to hear it. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from proratio_core.errors import DataError
from proratio_signals.opinions import Action, Consensus, Opinion

__all__ = ["View", "view_of"]

_LEAST_CONFIDENCE = 1e-3
"""A confidence of exactly 0 or 1 has no place in Idzorek's formula."""


@dataclass(frozen=True, slots=True)
class View:
    """An expected return and how sure one is of it.

    Parameters
    ----------
    asset
        Its name among the returns.
    return_frac
        Expected simple return of one candle of the returns.
    confidence
        0 to 1, both excluded.
    """

    asset: str
    return_frac: float
    confidence: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.return_frac):
            raise DataError(f"a view on {self.asset} expects {self.return_frac}, not a number")
        if not 0 < self.confidence < 1:
            raise DataError(
                f"a view on {self.asset} has confidence {self.confidence}; expected between 0 and 1"
            )


def view_of(asset: str, consensus: Consensus) -> View | None:
    """Return what a vote expects of `asset`; None when it holds.

    The return is the mean over the voters for the action, by weight x confidence, of what each
    expects a candle; the confidence is the vote's score. A vote that holds, as every one without a
    quorum does, has no view.

    Parameters
    ----------
    asset
        Name among the returns, whose candles must be as long as the judged one.
    consensus
        The vote.
    """
    if consensus.action is Action.HOLD:
        return None
    heard = [
        (ballot.voter.weight * opinion.confidence, opinion)
        for ballot in consensus.ballots
        if isinstance(opinion := ballot.answer.result, Opinion)
        and opinion.action is consensus.action
    ]
    total = math.fsum(weight for weight, _ in heard)
    expected = math.fsum(
        weight * opinion.expected_return_frac / opinion.horizon_candles for weight, opinion in heard
    )
    confidence = min(max(consensus.score, _LEAST_CONFIDENCE), 1 - _LEAST_CONFIDENCE)
    return View(asset, expected / total, confidence)
