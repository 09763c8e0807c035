"""The tests are arch's; what is checked here is that they are asked rightly, and that with a
single variant they agree with the bootstrap interval of its mean."""

from __future__ import annotations

import math

import numpy as np
import pytest
from arch.bootstrap import SPA, RealityCheck

from proratio_core.errors import DataError
from proratio_quantlab.inference import mean_interval, superiority
from proratio_quantlab.inference.bootstrap import block_length

NOISE = np.random.default_rng(6).normal(0, 0.01, (300, 12))


def test_p_values_are_those_of_arch_asked_by_hand() -> None:
    ours = superiority(NOISE, resamples=500, seed=3)

    losses = np.zeros(300), -NOISE
    theirs = SPA(*losses, block_size=ours_block(), reps=500, bootstrap="stationary", seed=3)
    theirs.compute()
    white = RealityCheck(
        *losses, block_size=ours_block(), reps=500, bootstrap="stationary", seed=3,
        studentize=False,
    )  # fmt: skip
    white.compute()
    assert (ours.spa_lower, ours.spa, ours.spa_upper) == tuple(theirs.pvalues)
    assert ours.reality_check == white.pvalues["upper"]


def ours_block() -> int:
    return round(max(block_length(column) for column in NOISE.T))


def test_noise_is_not_superior_and_skill_is() -> None:
    skilled = NOISE.copy()
    skilled[:, 4] += 0.004

    assert superiority(NOISE, resamples=300).spa > 0.1
    assert superiority(skilled, resamples=300).spa < 0.01
    assert superiority(skilled, resamples=300).reality_check < 0.01


def test_the_skilled_are_named_and_the_idle_are_not_tested() -> None:
    skilled = NOISE.copy()
    skilled[:, 0] = 0.0
    skilled[:, [4, 9]] += 0.004

    assert superiority(skilled, resamples=300).superior == (4, 9)
    assert superiority(NOISE, resamples=300).superior == ()


def test_bad_variants_weaken_the_reality_check_and_not_the_consistent_test() -> None:
    few = NOISE[:, :1] + 0.0015
    many = np.hstack([few, np.random.default_rng(1).normal(-0.02, 0.05, (300, 60))])

    assert superiority(many, resamples=500).reality_check > 0.4
    assert superiority(many, resamples=500).spa < 0.1


def test_one_variant_agrees_with_the_interval_of_its_mean() -> None:
    single = NOISE[:, :1] + 0.0008
    interval = mean_interval(single[:, 0])

    assert interval is not None
    assert superiority(single, resamples=2_000).spa_upper == pytest.approx(
        interval.p_value / 2, abs=0.03
    )


def test_the_benchmark_is_what_has_to_be_beaten() -> None:
    rising = np.random.default_rng(2).normal(0.004, 0.01, 300)
    followers = rising[:, None] + NOISE

    assert superiority(followers, resamples=300).spa < 0.01
    assert superiority(followers, benchmark=rising, resamples=300).spa > 0.1


@pytest.mark.parametrize(
    ("returns", "benchmark", "complaint"),
    [
        (NOISE[:19], None, "19 days are too few"),
        (NOISE, np.zeros(10), "the same days"),
        (np.full((30, 2), math.nan), None, "NaN"),
        (np.zeros((30, 2)), None, "nothing to test"),
    ],
)
def test_what_cannot_be_tested_is_refused(
    returns: np.ndarray, benchmark: np.ndarray | None, complaint: str
) -> None:
    with pytest.raises(DataError, match=complaint):
        superiority(returns, benchmark=benchmark)
