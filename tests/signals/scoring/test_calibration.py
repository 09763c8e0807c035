from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_signals.scoring.calibration import calibrate, fit_isotonic, fit_platt
from tests.signals.scoring.made import make_calls


def test_isotonic_fit_is_rs_own_example() -> None:
    """Golden: R's help page of isoreg, isoreg(c(1,0,4,3,3,5,4,2,0))$yf."""
    order = np.arange(1, 10) / 10

    fitted = fit_isotonic(order, np.array([1, 0, 4, 3, 3, 5, 4, 2, 0.0]))(order)

    assert fitted == pytest.approx([0.5, 0.5, 3, 3, 3, 3, 3, 3, 3])


def test_isotonic_fit_pools_equal_confidences_by_their_number() -> None:
    """Golden: by hand; 0.6 is right 1 of 3, 0.8 right 0 of 1: one pool, right 1 of 4."""
    stated, hits = np.array([0.6, 0.6, 0.6, 0.8]), np.array([1, 0, 0, 0.0])

    assert fit_isotonic(stated, hits)(np.array([0.1, 0.7, 0.9])) == pytest.approx([0.25] * 3)


def test_platt_fit_of_two_groups_reaches_the_smoothed_shares() -> None:
    """Golden: by hand; two parameters fit two groups exactly, with Platt's targets.

    At 0.6, 30 of 100 right, at 0.9, 60 of 100: targets 91/92 and 1/112.
    """
    stated = np.repeat([0.6, 0.9], 100)
    hits = np.concatenate([np.arange(100) < 30, np.arange(100) < 60]).astype(float)
    high, low = 91 / 92, 1 / 112

    found = fit_platt(stated, hits)(np.array([0.6, 0.9]))

    expected = [(30 * high + 70 * low) / 100, (60 * high + 40 * low) / 100]
    assert found == pytest.approx(expected, abs=1e-4)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_isotonic_map_never_falls_and_stays_a_probability(rows: list[tuple[float, bool]]) -> None:
    stated, hits = (np.array(column, float) for column in zip(*rows, strict=True))

    mapped = fit_isotonic(stated, hits)(np.linspace(0, 1, 41))

    assert (np.diff(mapped) >= -1e-12).all()
    assert ((mapped >= 0) & (mapped <= 1)).all()


def test_an_overconfident_voter_gains_from_calibration_out_of_sample() -> None:
    """Golden: a voter right half of the time needs 0.5, whose Brier score is 0.25."""
    generator = np.random.default_rng(7)
    count = 3_000
    calls = make_calls(
        generator.choice([-1, 1], count),
        generator.normal(size=count),
        confidence=generator.uniform(0.7, 0.95, count),
    )

    found = calibrate(calls)

    assert found is not None
    assert found.raw.value > 0.35
    assert found.platt.value == pytest.approx(0.25, abs=0.003)
    assert found.isotonic.value == pytest.approx(0.25, abs=0.005)
    assert found.platt_gain.is_above_zero
    assert found.isotonic_gain.is_above_zero
    assert 2_500 < found.n < count  # the first stretch only teaches


def test_an_honest_voter_gains_nothing() -> None:
    generator = np.random.default_rng(9)
    stated = generator.uniform(0.5, 0.8, 3_000)
    moved = np.where(generator.random(3_000) < stated, 0.01, -0.01)

    found = calibrate(make_calls([1] * 3_000, moved, confidence=stated))

    assert found is not None
    assert not found.platt_gain.is_above_zero
    assert not found.isotonic_gain.is_above_zero


def test_too_little_is_not_calibrated() -> None:
    assert calibrate(make_calls([1] * 150, [0.1] * 150)) is None
