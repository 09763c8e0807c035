from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import RiskError
from proratio_tradehub.risk.scored import ScoredHistory, ScoredRecord


def test_history_counts_wins_and_losses_and_means_of_each() -> None:
    history = ScoredHistory.of(np.array([0.04, -0.02, 0.02, -0.06, 0.0]))

    assert (history.wins, history.losses, history.count) == (2, 3, 5)
    assert history.mean_win_frac == pytest.approx(0.03)
    assert history.mean_loss_frac == pytest.approx(0.08 / 3)


def test_history_of_nothing_or_of_one_kind_has_no_mean_of_the_other() -> None:
    assert ScoredHistory.of(np.array([])) == ScoredHistory(0, 0, 0.0, 0.0)
    assert ScoredHistory.of(np.array([0.1])).mean_loss_frac == 0.0
    assert math.copysign(1.0, ScoredHistory.of(np.array([0.1])).mean_loss_frac) == 1.0
    assert ScoredHistory.of(np.array([-0.1])).mean_win_frac == 0.0


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_outcome_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(
        RiskError, match=r"^a scored return is not finite; leave out what has no outcome yet$"
    ):
        ScoredHistory.of(np.array([0.1, value]))


@pytest.mark.parametrize("index", range(4))
def test_negative_number_is_refused(index: int) -> None:
    numbers = [1.0, 1.0, 1.0, 1.0]
    numbers[index] = -1.0
    name = ("wins", "losses", "mean_win_frac", "mean_loss_frac")[index]

    with pytest.raises(RiskError, match=rf"^{name} is -1\.0; expected"):
        ScoredHistory(*numbers)  # type: ignore[arg-type]


OUTCOMES = st.lists(st.tuples(st.integers(0, 20), st.floats(-0.5, 0.5)), max_size=40)


def _record(outcomes: list[tuple[int, float]]) -> ScoredRecord:
    times = np.array([known for known, _ in outcomes], np.int64)
    return ScoredRecord.of(times, np.array([result for _, result in outcomes], np.float64))


@given(outcomes=OUTCOMES, moment=st.integers(-1, 21))
def test_history_at_a_moment_is_that_of_what_was_known_by_then(
    outcomes: list[tuple[int, float]], moment: int
) -> None:
    known = [result for at, result in outcomes if at <= moment]
    expected = ScoredHistory.of(np.array(known, np.float64))
    found = _record(outcomes).by(moment)

    assert (found.wins, found.losses) == (expected.wins, expected.losses)
    assert found.mean_win_frac == pytest.approx(expected.mean_win_frac, abs=1e-15)
    assert found.mean_loss_frac == pytest.approx(expected.mean_loss_frac, abs=1e-15)
    assert math.copysign(1.0, found.mean_loss_frac) == 1.0


@given(outcomes=OUTCOMES, moment=st.integers(-1, 21), data=st.data())
def test_neither_what_comes_later_nor_the_order_of_reading_changes_a_bit(
    outcomes: list[tuple[int, float]], moment: int, data: st.DataObject
) -> None:
    cut = [one for one in outcomes if one[0] <= moment]
    mixed = data.draw(st.permutations(outcomes))

    assert _record(outcomes).by(moment) == _record(cut).by(moment) == _record(mixed).by(moment)


def test_record_of_an_outcome_that_is_not_finite_is_refused() -> None:
    with pytest.raises(RiskError, match=r"^a scored return is not finite"):
        _record([(1, 0.1), (2, math.nan)])
