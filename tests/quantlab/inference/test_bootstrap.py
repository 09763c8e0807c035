"""Golden figures: arch 8.0 (block length, to 1e-9); the exact variance of a stationary bootstrap
mean, Politis & Romano (1994), lemma 1, to what 200,000 resamples can tell."""

from __future__ import annotations

import math

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap, optimal_block_length
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import DataError
from proratio_quantlab.inference.bootstrap import (
    Resampler,
    block_length,
    block_length_of_ratios,
)

MANY = 200_000


def series(count: int, memory: float, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(count + 50)
    for place in range(1, len(noise)):
        noise[place] += memory * noise[place - 1]
    return 0.001 + 0.01 * noise[50:]


@pytest.mark.parametrize("memory", [0.0, 0.3, 0.8, -0.4, 0.97])
@pytest.mark.parametrize("count", [20, 61, 365, 2000])
def test_block_lengths_equal_those_of_arch(count: int, memory: float) -> None:
    values = series(count, memory)

    theirs = float(optimal_block_length(values)["stationary"].iloc[0])

    assert block_length(values) == pytest.approx(max(theirs, 1.0), rel=1e-9)


@pytest.mark.parametrize("unit", [1e-200, 1e150])
def test_block_lengths_do_not_depend_on_the_unit(unit: float) -> None:
    values = series(200, 0.5)

    assert block_length(values * unit) == pytest.approx(block_length(values), rel=1e-9)
    assert block_length(np.append(np.zeros(19), 4.4e-120)) >= 1


def test_volatility_in_clusters_lengthens_the_blocks_of_ratios() -> None:
    calm_and_wild = np.repeat([0.2, 3.0], 100)[np.arange(1000) % 200]
    returns = np.random.default_rng(1).standard_normal(1000) * calm_and_wild

    assert block_length_of_ratios(returns) > 3 * block_length(returns)


@pytest.mark.parametrize("values", [[], [1.0], [0.5] * 100, [0.0] * 19, [1.0, 2.0] * 9])
def test_nothing_to_measure_resamples_single_observations(values: list[float]) -> None:
    assert block_length(np.array(values, np.float64)) == 1


def exact_error_of_the_mean(values: np.ndarray, block: float) -> float:
    """Return the standard error of a stationary bootstrap mean, without drawing anything."""
    count, restart = len(values), 1 / block
    centred = values - values.mean()
    variance = float(centred @ centred)
    for lag in range(1, count):
        weight = (1 - lag / count) * (1 - restart) ** lag
        weight += lag / count * (1 - restart) ** (count - lag)
        variance += 2 * weight * float(centred[lag:] @ centred[:-lag])
    return math.sqrt(variance) / count


@pytest.mark.parametrize("block", [1.0, 1.5, 4.0, 20.0])
def test_standard_errors_equal_the_exact_ones(block: float) -> None:
    """Overlapping random streams once made them 4% too small: 6 times what passes here."""
    values = series(250, 0.4)

    drawn = Resampler(250, block, MANY).totals(values[None])[0] / 250

    assert drawn.std() == pytest.approx(exact_error_of_the_mean(values, block), rel=0.0065)
    assert drawn.mean() == pytest.approx(values.mean(), abs=4 * drawn.std() / math.sqrt(MANY))


def test_standard_error_of_a_sharpe_ratio_equals_that_of_arch() -> None:
    values = series(300, 0.3)

    total, squares = Resampler(300, 5.0, 40_000).totals(np.stack([values, values**2]))
    ours = (total / 300) / np.sqrt((squares - total**2 / 300) / 299)
    theirs = StationaryBootstrap(5.0, values, seed=7).apply(
        lambda drawn: drawn.mean() / drawn.std(ddof=1), 10_000
    )

    assert ours.std() == pytest.approx(theirs.std(), rel=0.03)


@pytest.mark.parametrize("block", [1.0, 1.2, 3.0, 50.0])
def test_totals_equal_the_sums_of_the_resampled_series(block: float) -> None:
    values = np.stack([series(80, 0.2), series(80, 0.2, seed=1) ** 2])
    resampler = Resampler(80, block, 500, seed=3)

    summed = [values[:, place].sum(axis=2) for place in resampler.positions()]

    assert resampler.totals(values) == pytest.approx(np.concatenate(summed, axis=1), abs=1e-12)


def test_blocks_have_the_wanted_mean_length_and_start_anywhere() -> None:
    count, block = 400, 8.0
    (place,) = Resampler(count, block, 500).positions()

    breaks = (place[:, 1:] != (place[:, :-1] + 1) % count).mean()
    # a fresh start follows by chance once in `count` times
    assert breaks == pytest.approx(1 / block * (1 - 1 / count), rel=0.02)
    assert np.bincount(place.ravel(), minlength=count) == pytest.approx(500, rel=0.25)


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    values = series(50, 0.0)[None]

    first = Resampler(50, 3.0, 100, seed=1).totals(values)

    assert np.array_equal(first, Resampler(50, 3.0, 100, seed=1).totals(values))
    assert not np.array_equal(first, Resampler(50, 3.0, 100, seed=2).totals(values))


@pytest.mark.parametrize(
    ("observations", "block", "resamples"),
    [(0, 1.0, 10), (10, 0.5, 10), (10, math.nan, 10), (10, math.inf, 10), (10, 1.0, 0)],
)
def test_impossible_resamples_are_refused(observations: int, block: float, resamples: int) -> None:
    with pytest.raises(DataError):
        Resampler(observations, block, resamples)


@given(st.integers(1, 60), st.floats(1.0, 200.0), st.integers(0, 10_000))
def test_every_resample_has_the_length_of_the_series(
    observations: int, block: float, seed: int
) -> None:
    resampler = Resampler(observations, block, 40, seed=seed)

    assert resampler.totals(np.ones((1, observations))) == pytest.approx(float(observations))
    places = np.concatenate(list(resampler.positions()))
    assert places.shape == (40, observations)
    assert places.min() >= 0
    assert places.max() < observations
