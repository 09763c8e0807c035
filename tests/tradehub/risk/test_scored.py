from __future__ import annotations

import math

import numpy as np
import pytest

from proratio_core.errors import RiskError
from proratio_tradehub.risk.scored import ScoredHistory


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
