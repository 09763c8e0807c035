"""The choice among variants, judged on days it did not see."""

from __future__ import annotations

import numpy as np
import pytest

from proratio_core.errors import DataError
from proratio_quantlab.cross_validation import cross_validate
from proratio_quantlab.ratios import sharpe_ratio


def noise(days: int = 500, variants: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.01, (days, variants))


def test_a_variant_with_skill_is_found_on_every_path() -> None:
    returns = noise()
    returns[:, 3] += 0.004

    found = cross_validate(returns)

    assert found.splits == 45  # 10 over 2
    assert found.chosen.tolist() == [0, 0, 0, 45, 0, 0, 0, 0]
    assert len(found.sharpes) == 9  # 45 splits of 2 folds are 9 paths through 10 folds
    np.testing.assert_allclose(found.sharpes, sharpe_ratio(returns[:, 3]))
    assert found.losing_frac == 0.0


def test_without_skill_the_paths_are_as_good_as_nothing() -> None:
    medians = [cross_validate(noise(seed=seed)).median for seed in range(40)]

    assert abs(float(np.mean(medians))) < 0.25
    assert cross_validate(noise()).chosen.sum() == 45


def test_teaching_days_next_to_a_test_are_purged() -> None:
    returns = noise(200, 2)
    returns[:, 1] = returns[:, 0]
    returns[19, 1] += 0.02  # the last day of the first fold: beside the second

    kept = cross_validate(returns, purge_days=0, embargo_days=0)
    purged = cross_validate(returns, purge_days=3, embargo_days=0)

    assert kept.chosen.tolist() == [9, 36]  # whenever the first fold does not test
    assert purged.chosen.tolist() == [17, 28]  # nor the second


def test_a_path_that_never_moves_has_a_ratio_of_zero() -> None:
    found = cross_validate(np.zeros((200, 3)))

    assert found.sharpes.tolist() == [0.0] * 9
    assert found.losing_frac == 1.0


@pytest.mark.parametrize(
    ("returns", "complaint"),
    [
        (noise(500, 1), "two variants"),
        (noise(99), "fewer folds"),
        (np.full((500, 2), np.nan), "NaN"),
    ],
)
def test_what_cannot_be_judged_is_refused(returns: np.ndarray, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        cross_validate(returns)


def test_folds_that_make_no_paths_are_refused() -> None:
    for folds, test_folds in ((2, 2), (10, 1), (10, 10)):
        with pytest.raises(DataError, match="folds"):
            cross_validate(noise(), folds=folds, test_folds=test_folds)
