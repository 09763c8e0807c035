"""What a vote expects, and that silence expects nothing."""

from __future__ import annotations

import pytest

from proratio_core.errors import DataError
from proratio_signals.opinions import (
    Abstention,
    AbstentionKind,
    Action,
    Answer,
    Ballot,
    Consensus,
    Opinion,
    Usage,
)
from proratio_signals.profile import load_profile
from proratio_signals.vote import tally
from proratio_tradehub.portfolio.views import View, view_of

_PROFILE = load_profile("consensus")


def _vote(*results: Opinion | Abstention) -> Consensus:
    ballots = [
        Ballot(voter, Answer(result, "model", Usage(), 0.1, None), "hash")
        for voter, result in zip(_PROFILE.voters, results, strict=True)
    ]
    return tally(ballots, threshold=_PROFILE.threshold, quorum=_PROFILE.quorum)


def _opinion(action: Action, confidence: float, expected: float, horizon: int) -> Opinion:
    return Opinion(action, confidence, expected, horizon, "because")


def test_the_view_is_the_mean_by_weight_and_confidence_a_candle() -> None:
    consensus = _vote(
        _opinion(Action.BUY, 0.9, 0.06, 12),
        _opinion(Action.BUY, 0.8, 0.04, 4),
        _opinion(Action.HOLD, 0.9, 0.50, 1),
    )
    view = view_of("BTC/USDT", consensus)
    assert view is not None
    assert view.confidence == pytest.approx(0.4 * 0.9 + 0.35 * 0.8)
    assert view.return_frac == pytest.approx((0.36 * 0.005 + 0.28 * 0.01) / 0.64)


def test_a_vote_that_holds_has_no_view() -> None:
    silent = Abstention(AbstentionKind.TIMEOUT, "late")
    consensus = _vote(
        _opinion(Action.BUY, 0.9, 0.06, 12), _opinion(Action.BUY, 0.9, 0.06, 12), silent
    )
    assert view_of("BTC/USDT", consensus) is None


def test_certainty_is_kept_inside_what_the_formula_allows() -> None:
    consensus = _vote(*[_opinion(Action.SELL, 1.0, -0.02, 1)] * 3)
    view = view_of("BTC/USDT", consensus)
    assert view is not None
    assert view.confidence == 0.999
    assert view.return_frac == pytest.approx(-0.02)


@pytest.mark.parametrize(("expected", "confidence"), [(float("nan"), 0.5), (0.1, 0.0), (0.1, 1.0)])
def test_impossible_views_are_refused(expected: float, confidence: float) -> None:
    with pytest.raises(DataError, match="view on A"):
        View("A", expected, confidence)
