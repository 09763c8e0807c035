from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from proratio_signals.scoring.intervals import FEWEST_CELLS, Blocks, Estimate, difference, ratio
from tests.signals.scoring.made import HOUR_MS


def _hours(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.int64) * HOUR_MS


def test_spread_of_the_draws_is_the_stationary_bootstraps_own() -> None:
    """Golden: Politis & Romano (1994), equation 9, the exact variance of the resampled mean."""
    count = 400
    noise = np.random.default_rng(3).normal(size=count + 5)
    values = np.convolve(noise, np.ones(6) / 6, mode="valid")
    blocks = Blocks(_hours(count), HOUR_MS, draws=20_000)
    centred = values - values.mean()
    chance = 1 / math.ceil(count ** (1 / 3))
    variance = (centred @ centred) / count
    for lag in range(1, count):
        circular = (centred @ np.roll(centred, lag)) / count
        variance += 2 * (1 - lag / count) * (1 - chance) ** lag * circular
    expected = math.sqrt(variance / count)

    counted = np.ones(count)
    _, drawn = blocks.replicates((values, counted), lambda t: ratio(t[0], t[1]), counted=counted)

    assert drawn is not None
    assert drawn.std() == pytest.approx(expected, rel=0.03)


def test_interval_of_independent_observations_is_the_classical_one() -> None:
    """Golden: Student's t interval, scipy.stats."""
    values = np.random.default_rng(5).normal(1.0, 2.0, size=2_000)
    low, high = stats.t.interval(0.95, 1_999, values.mean(), stats.sem(values))

    found = Blocks(_hours(2_000), HOUR_MS, draws=4_000).mean(values)

    assert found.value == pytest.approx(values.mean())
    assert found.high is not None
    assert found.low is not None
    assert found.high - found.low == pytest.approx(high - low, rel=0.1)
    assert found.n == 2_000


def test_coverage_holds_where_horizons_overlap() -> None:
    """A day's returns asked every hour: 24 observations share each move."""
    covered, naive = 0, 0
    for seed in range(150):
        noise = np.random.default_rng(seed).normal(size=24 * 80 + 23)
        values = np.convolve(noise, np.ones(24), mode="valid")  # their true mean is 0
        wide = Blocks(_hours(len(values)), 24 * HOUR_MS, draws=400).mean(values)
        narrow = 1.96 * stats.sem(values)
        covered += wide.low <= 0 <= wide.high
        naive += abs(values.mean()) <= narrow

    assert 0.86 <= covered / 150 <= 0.99
    assert naive / 150 < 0.5  # taking each for independent would be wrong more often than right


def test_pairs_asked_at_the_same_hour_do_not_count_twice() -> None:
    values = np.random.default_rng(8).normal(size=1_000)
    once = Blocks(_hours(1_000), HOUR_MS).mean(values)
    thrice = Blocks(np.repeat(_hours(1_000), 3), HOUR_MS).mean(np.repeat(values, 3))

    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))
    assert thrice.n == 3 * once.n


def test_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    values = np.random.default_rng(1).normal(size=300)
    first, again, other = (Blocks(_hours(300), HOUR_MS, seed=s).mean(values) for s in (1, 1, 2))

    assert first == again
    assert first.low != other.low


def test_too_few_horizons_carry_no_interval() -> None:
    few = Blocks(_hours(FEWEST_CELLS - 1), HOUR_MS).mean(np.ones(FEWEST_CELLS - 1))
    enough = Blocks(_hours(FEWEST_CELLS), HOUR_MS).mean(np.ones(FEWEST_CELLS))
    many_in_one = Blocks(_hours(500), 100 * HOUR_MS).mean(np.ones(500))

    assert (few.value, few.low, few.high) == (1.0, None, None)
    assert (enough.low, enough.high) == (1.0, 1.0)
    assert many_in_one.low is None
    assert not few.is_above_zero
    assert not few.is_below_zero


def test_a_figure_that_rests_on_few_of_many_horizons_carries_none_either() -> None:
    rare = np.arange(500) < FEWEST_CELLS - 1

    found = Blocks(_hours(500), HOUR_MS).mean(np.ones(500), rare)

    assert (found.value, found.low, found.n) == (1.0, None, FEWEST_CELLS - 1)


def test_nothing_to_average_is_nan_without_an_interval() -> None:
    blocks = Blocks(_hours(50), HOUR_MS)

    found = blocks.mean(np.ones(50), np.zeros(50, np.bool_))
    empty = Blocks(_hours(0), HOUR_MS).mean(np.ones(0))

    assert math.isnan(found.value)
    assert found.low is None
    assert math.isnan(empty.value)


def test_values_outside_the_mask_do_not_matter_even_when_not_finite() -> None:
    values = np.array([1.0, np.nan] * 30)

    assert Blocks(_hours(60), HOUR_MS).mean(values, ~np.isnan(values)).value == 1.0


def test_many_short_horizons_are_widened_instead_of_filling_memory() -> None:
    assert Blocks(_hours(50_000), 1).cells <= 2_002


def test_difference_of_two_independent_stretches_adds_their_variances() -> None:
    """Golden: Welch's interval, scipy.stats."""
    generator = np.random.default_rng(11)
    first, second = generator.normal(0.5, 1, 1_500), generator.normal(0.0, 1, 1_000)
    halves = [
        Blocks(_hours(len(v)), HOUR_MS, seed=s, draws=4_000).replicates(
            (v, np.ones(len(v))), lambda t: ratio(t[0], t[1]), counted=np.ones(len(v))
        )
        for s, v in enumerate((first, second))
    ]
    welch = stats.ttest_ind(first, second, equal_var=False).confidence_interval()

    found = difference(halves[0], halves[1], n=1_000)

    assert found.is_above_zero
    assert (found.low, found.high) == pytest.approx((welch.low, welch.high), abs=0.02)
    assert difference((1.0, None), halves[1], n=5) == Estimate(1.0 - halves[1][0], None, None, 5)
