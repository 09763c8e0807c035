from __future__ import annotations

import numpy as np
import pytest

from proratio_quantlab.inference import SharpeEstimate, Trials, deflated_sharpe
from proratio_quantlab.objectives import (
    WORST,
    Objective,
    constrained_score,
    deflated_score,
    score,
)


def returns(mean: float = 0.001, days: int = 365, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 0.01, days)


def test_the_deflated_score_orders_runs_as_the_deflated_sharpe_does_and_goes_on_at_zero() -> None:
    runs = [returns(mean) for mean in (-0.02, -0.01, 0.0, 0.001, 0.002)]
    scores = [deflated_score(run, trials=50) for run in runs]
    trials = Trials(50, 1 / 364**0.5)
    ratios = [deflated_sharpe(SharpeEstimate.of(run), trials) for run in runs]  # type: ignore[arg-type]

    assert scores == sorted(scores)
    assert len(set(scores)) == 5
    assert ratios == sorted(ratios)
    assert [s > 0 for s in scores] == [ratio > 0.5 for ratio in ratios]


def test_more_trials_ask_for_more() -> None:
    run = returns(0.001)
    assert deflated_score(run, trials=10) > deflated_score(run, trials=1_000)


def test_drawdown_costs_a_ratio_of_one_for_every_hundredth_above_the_limit() -> None:
    falling = np.array([0.02, -0.10, -0.10, 0.05, 0.03] * 10)
    wallet = np.cumprod(1 + falling)
    peak = np.maximum(np.maximum.accumulate(wallet), 1.0)
    drawdown = float((1 - wallet / peak).max())
    free = constrained_score(falling, limit_frac=1.0)

    assert free == pytest.approx(falling.mean() / falling.std(ddof=1) * 365**0.5)
    assert constrained_score(falling, limit_frac=0.1) == pytest.approx(
        free - 100 * (drawdown - 0.1)
    )


def test_a_loss_on_the_first_day_is_a_drawdown() -> None:
    falling = np.array([-0.5, 0.01, 0.012])
    assert constrained_score(falling, limit_frac=0.1) < constrained_score(falling, limit_frac=0.5)


@pytest.mark.parametrize("objective", list(Objective))
def test_what_cannot_be_judged_is_worst_and_everything_is_finite(objective: Objective) -> None:
    flat = np.zeros(100)

    assert score(returns(), 4, objective) == WORST
    assert score(np.empty(0), 50, objective) == WORST
    assert np.isfinite(score(flat, 50, objective))
    assert np.isfinite(score(returns(), 50, objective, trials=10))
    assert score(returns(0.002), 50, objective) > score(returns(-0.002), 50, objective)
