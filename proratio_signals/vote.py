"""The weighted vote: many ballots in, one consensus out; pure.

The score of an action is the sum of weight x confidence over the voters for it. Weights are taken
as configured and never renormalised: a voter that does not answer takes its weight away from every
action, so an outage can only make the panel more cautious. A vote acts when the strongest action is
BUY or SELL, its score is *above* the threshold and the quorum holds; otherwise it holds.

With the weights 0.40, 0.35, 0.25 and the threshold 0.6, the voters who agree need a mean confidence
(weighted) above

================  ======
agreeing          needed
================  ======
all three         0.60
ChatGPT + Claude  0.80
ChatGPT + Gemini  0.92
Claude + Gemini   1.00, so never
================  ======

Two can carry a vote when the third answers something else; when it does not answer at all, only
under a relaxed quorum.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from proratio_signals.opinions import Action, Ballot, Consensus, Opinion

if TYPE_CHECKING:
    from proratio_signals.profile import Quorum

__all__ = ["tally"]

_DIGITS = 12
"""Scores are rounded here, so that 0.4 x 0.6 + 0.35 x 0.6 + 0.25 x 0.6 is 0.6 and not above it."""


def tally(ballots: Sequence[Ballot], *, threshold: float, quorum: Quorum) -> Consensus:
    """Return what `ballots` come to.

    Parameters
    ----------
    ballots
        One per voter of the profile, abstentions included; their order does not matter.
    threshold
        The score an action has to exceed, 0 to 1.
    quorum
        Who has to answer before the vote may act.

    Returns
    -------
    Consensus
        `score` and `dissent` are those of the strongest action, also when the vote holds because
        that action was not strong enough or the quorum failed.
    """
    answered = [ballot for ballot in ballots if isinstance(ballot.answer.result, Opinion)]
    scores = {action: _score(answered, action) for action in Action}
    leading = _strongest(scores)
    whole, answering = _weight(ballots), _weight(answered)
    participation = _frac(answering, whole)
    quorate = len(answered) >= quorum.minimum_voters and participation >= round(
        quorum.minimum_weight_frac, _DIGITS
    )
    acts = quorate and scores[leading] > round(threshold, _DIGITS)
    agreeing = _weight(b for b in answered if _action(b) is leading)
    return Consensus(
        action=leading if acts else Action.HOLD,
        score=scores[leading],
        dissent=_frac(answering - agreeing, answering),
        participation=participation,
        degraded=len(answered) < len(ballots),
        ballots=tuple(ballots),
    )


def _action(ballot: Ballot) -> Action | None:
    result = ballot.answer.result
    return result.action if isinstance(result, Opinion) else None


def _score(answered: Iterable[Ballot], action: Action) -> float:
    terms = [
        ballot.voter.weight * ballot.answer.result.confidence
        for ballot in answered
        if isinstance(ballot.answer.result, Opinion) and ballot.answer.result.action is action
    ]
    return min(1.0, round(math.fsum(terms), _DIGITS))  # fsum: the same in every order


def _strongest(scores: dict[Action, float]) -> Action:
    """Return the action with the highest score; a tie between actions is a reason to hold."""
    best = max(scores.values())
    leaders = [action for action, score in scores.items() if score == best]
    return leaders[0] if len(leaders) == 1 else Action.HOLD


def _weight(ballots: Iterable[Ballot]) -> float:
    return math.fsum(ballot.voter.weight for ballot in ballots)


def _frac(part: float, whole: float) -> float:
    return min(1.0, max(0.0, round(part / whole, _DIGITS))) if whole > 0 else 0.0
