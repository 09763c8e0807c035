from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.scoring.calls import Calls
from proratio_signals.scoring.intervals import Blocks
from proratio_signals.scoring.probability import brier_score, log_loss, reliability, squared_errors
from tests.signals.scoring.made import make_calls


def _blocks(calls: Calls) -> Blocks:
    return Blocks(calls.times_ms, calls.reach_ms)


def test_brier_score_of_the_textbooks_rain() -> None:
    """Golden: the worked example of the Brier score's encyclopedia article.

    70% and rain 0.09, 30% and rain 0.49, 50% either way 0.25, 100% and rain 0.
    """
    stated = np.array([0.7, 0.3, 0.5, 0.5, 1.0])

    errors = squared_errors(stated, np.array([1, 1, 1, 0, 1.0]))

    assert errors == pytest.approx([0.09, 0.49, 0.25, 0.25, 0.0])


def test_brier_and_log_loss_of_four_opinions() -> None:
    """Golden: by hand; the hold does not count."""
    calls = make_calls([1, -1, 1, 0], [0.1, 0.1, 0.1, 0.1], confidence=[0.8, 0.6, 0.5, 0.9])

    assert brier_score(calls, _blocks(calls)).value == pytest.approx((0.04 + 0.36 + 0.25) / 3)
    expected = -(math.log(0.8) + math.log(0.4) + math.log(0.5)) / 3
    assert log_loss(calls, _blocks(calls)).value == pytest.approx(expected)


def test_certainty_that_fails_costs_much_and_not_everything() -> None:
    calls = make_calls([1, 1], [-0.1, 0.1], confidence=[1.0, 0.0])

    assert log_loss(calls, _blocks(calls)).value == pytest.approx(-math.log(0.001))


def test_reliability_bins_say_how_often_each_confidence_was_right() -> None:
    calls = make_calls(
        [1, 1, 1, 1, -1, 0],
        [0.1, -0.1, 0.1, 0.1, -0.1, 0.1],
        confidence=[0.62, 0.68, 0.7, 0.79, 1.0, 0.65],
    )

    bins = reliability(calls, _blocks(calls))

    assert [(b.low, b.high) for b in bins] == [(0.6, 0.7), (0.7, 0.8), (0.9, 1.0)]
    assert [b.hit_frac.value for b in bins] == [0.5, 1.0, 1.0]
    assert [b.hit_frac.n for b in bins] == [2, 2, 1]
    assert bins[0].confidence == pytest.approx(0.65)


@given(
    st.lists(
        st.tuples(st.sampled_from([-1, 0, 1]), st.floats(-0.5, 0.5), st.floats(0, 1)), min_size=1
    )
)
def test_scores_stay_in_their_ranges_and_bins_hold_every_call(
    rows: list[tuple[int, float, float]],
) -> None:
    action, moved, stated = zip(*rows, strict=True)
    calls = make_calls(action, moved, confidence=stated)
    named = int(calls.directional.sum())

    brier, loss = brier_score(calls, _blocks(calls)), log_loss(calls, _blocks(calls))

    assert sum(b.hit_frac.n for b in reliability(calls, _blocks(calls))) == named
    if named:
        assert 0 <= brier.value <= 1
        assert 0 <= loss.value <= 6.91
