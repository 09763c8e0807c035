from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from proratio_signals.scoring.weights import compare_weights, learn_best, learn_weights
from tests.signals.scoring.made import HOUR_MS

CONFIGURED = (0.40, 0.35, 0.25)


def _panel(count: int, right: tuple[float, ...], seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return convictions of voters that are right that often, and the outcomes."""
    generator = np.random.default_rng(seed)
    returns = generator.normal(0, 0.01, count)
    hit = generator.random((count, len(right))) < np.array(right)
    sides = np.sign(returns)[:, None] * np.where(hit, 1, -1)
    return sides * generator.uniform(0.5, 0.9, sides.shape), returns


def _compare(convictions: np.ndarray, returns: np.ndarray) -> dict:
    times = np.arange(len(returns), dtype=np.int64) * HOUR_MS
    schemes = compare_weights(
        CONFIGURED, convictions, returns, times_ms=times, resolved_ms=times + HOUR_MS
    )
    return {scheme.name: scheme for scheme in schemes}


def test_learned_weights_are_the_constrained_least_squares() -> None:
    """Golden: scipy's general minimiser on the same objective."""
    convictions, returns = _panel(500, (0.6, 0.55, 0.5))
    target = np.sign(returns)
    other = minimize(
        lambda w: ((convictions @ w - target) ** 2).sum(), np.ones(3), bounds=[(0, None)] * 3
    ).x

    found = learn_weights(convictions, returns)

    assert found == pytest.approx(other / other.sum(), abs=1e-3)


def test_voters_that_are_only_wrong_leave_equal_weights() -> None:
    convictions, returns = _panel(300, (0.0, 0.0))

    assert learn_weights(convictions, returns).tolist() == [0.5, 0.5]


def test_best_voter_is_the_one_right_most_often_of_its_own_calls() -> None:
    convictions = np.array([[0.9, 0.0, -0.1], [0.9, 0.0, -0.1], [0.9, 0.1, 0.1], [0.9, 0.0, 0.1]])

    assert learn_best(convictions, np.array([1, -1, 1, -1.0])).tolist() == [0, 1, 0]


def test_learning_finds_the_one_who_knows_although_the_profile_does_not() -> None:
    found = _compare(*_panel(3_000, (0.5, 0.5, 0.65)))

    assert found["learned"].weights[2] > 0.8
    assert found["learned"].over_configured.is_above_zero
    assert found["best voter"].weights == (0, 0, 1)
    assert found["best voter"].accuracy.value == pytest.approx(0.65, abs=0.03)
    assert found["configured"].over_configured.value == 0
    assert found["learned"].mean_return_frac.is_above_zero


def test_equally_good_independent_voters_need_no_learning() -> None:
    found = _compare(*_panel(3_000, (0.6, 0.6, 0.6)))

    assert not found["learned"].over_configured.is_above_zero
    assert found["equal"].accuracy.value == pytest.approx(0.648, abs=0.03)  # 3 x .6^2 x .4 + .6^3
    assert len({scheme.accuracy.n for scheme in found.values()}) == 1  # the same questions


def test_too_little_compares_nothing() -> None:
    assert _compare(*_panel(150, (0.6, 0.6, 0.6))) == {}
