"""Golden interval: statsmodels 0.15.0, OLS on a constant with HAC covariance, maxlags=2."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_quantlab.significance import mean_interval

SERIES = np.array([
    0.3, -0.1, 0.4, 0.2, -0.5, 0.1, 0.6, -0.2, 0.05, 0.15, -0.35, 0.25,
    0.45, -0.15, 0.0, 0.1, 0.3, -0.4, 0.2, 0.5, -0.05, 0.35, -0.25, 0.15,
])  # fmt: skip


def test_interval_equals_statsmodels() -> None:
    interval = mean_interval(SERIES)

    assert interval is not None
    assert interval.mean == pytest.approx(0.0875)
    assert interval.low == pytest.approx(0.025934357857572664, rel=1e-9)
    assert interval.high == pytest.approx(0.14906564214242737, rel=1e-9)
    assert not interval.includes_zero


def test_a_short_series_has_no_interval() -> None:
    assert mean_interval(SERIES[:19]) is None


def test_a_positive_memory_widens_the_interval() -> None:
    noise = np.random.default_rng(7).standard_normal(400)
    trend = np.convolve(noise, np.ones(5) / 5**0.5, mode="valid")
    shuffled = np.random.default_rng(8).permutation(trend)

    remembering, forgetting = mean_interval(trend), mean_interval(shuffled)

    assert remembering is not None
    assert forgetting is not None
    assert remembering.high - remembering.low > 1.3 * (forgetting.high - forgetting.low)


@given(st.lists(st.floats(-1, 1), min_size=20, max_size=80))
def test_the_mean_lies_inside_its_interval(values: list[float]) -> None:
    interval = mean_interval(np.array(values))

    assert interval is not None
    assert interval.low <= interval.mean <= interval.high
