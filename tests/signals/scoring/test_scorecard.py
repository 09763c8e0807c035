from __future__ import annotations

from dataclasses import replace

import pytest

from proratio_signals.scoring.figures import Figures, figures_of
from proratio_signals.scoring.intervals import Estimate
from proratio_signals.scoring.scorecard import Seat, VoterScore
from proratio_signals.scoring.track import Unresolved
from proratio_signals.scoring.verdict import Verdict
from tests.signals.scoring.made import make_calls

SEAT = Seat("v", "p", "m", "risk", 0.5, is_rules=False)
NONE = Unresolved(0, 0, 0)


def _figures(verdict: Verdict) -> Figures:
    figures = figures_of(make_calls([1], [0.1]), series_names=("BTC/USDT",), is_rules=False)
    return replace(figures, verdict=verdict)


def test_headline_comes_from_after_the_cutoff_and_from_nothing_else() -> None:
    brilliant = _figures(Verdict.BETTER)

    assert VoterScore(SEAT, NONE, brilliant, None, None).verdict is Verdict.TOO_FEW
    after = _figures(Verdict.WORTHLESS)
    assert VoterScore(SEAT, NONE, brilliant, after, None).verdict is Verdict.WORTHLESS


@pytest.mark.parametrize(("low", "expected"), [(0.1, True), (-0.1, False), (None, False)])
def test_contamination_needs_an_interval_above_zero(low: float | None, expected: bool) -> None:
    high = None if low is None else 0.5
    score = VoterScore(SEAT, NONE, None, None, Estimate(0.2, low, high, 300))

    assert score.is_contaminated is expected
