"""Golden figures: statsmodels 0.15 (false discoveries), skfolio 1.12 (deflated Sharpe)."""

from __future__ import annotations

import numpy as np
import pytest
from skfolio.measures import deflated_sharpe_ratio
from statsmodels.stats.multitest import multipletests

from proratio_core.errors import DataError
from proratio_quantlab.inference import (
    SharpeEstimate,
    judge_selection,
    probabilistic_sharpe,
)

NAMES = tuple(f"variant {number}" for number in range(30))
NOISE = np.random.default_rng(8).normal(0, 0.01, (320, 30))


def skilled() -> np.ndarray:
    returns = NOISE.copy()
    returns[:, 7] += 0.003
    return returns


def p_value(column: np.ndarray) -> float:
    estimate = SharpeEstimate.of(column)
    assert estimate is not None
    probability = probabilistic_sharpe(estimate)
    assert probability is not None
    return 1 - probability


def test_figures_equal_those_of_the_libraries() -> None:
    returns = skilled()

    found = judge_selection(NAMES, returns, blocks=8)

    ratios = returns.mean(axis=0) / returns.std(axis=0, ddof=1)
    p_values = [p_value(column) for column in returns.T]
    rejected, *_ = multipletests(p_values, method="fdr_by")
    assert found.deflated == pytest.approx(deflated_sharpe_ratio(returns[:, 7], ratios), rel=1e-12)
    assert found.sharpe == pytest.approx(ratios[7] * 365**0.5, rel=1e-12)
    assert found.discovered == rejected.sum()
    assert found.alone == (np.array(p_values) < 0.05).sum()


def test_real_skill_is_named() -> None:
    found = judge_selection(NAMES, skilled(), blocks=8)

    assert found.best == "variant 7"
    assert found.superior == ("variant 7",)
    assert "better than picking the best of 30 explains" in found.verdict


def test_the_best_of_noise_is_called_luck() -> None:
    found = judge_selection(NAMES, NOISE, blocks=8)

    assert found.alone > 0
    assert found.superior == ()
    assert "no more than luck" in found.verdict


def test_nothing_good_is_said_of_losers_and_of_variants_that_never_traded() -> None:
    returns = NOISE - 0.004
    returns[:, 3] = 0.0

    found = judge_selection(NAMES, returns, blocks=8)

    assert found.best == "variant 3"
    assert found.deflated is None
    assert found.verdict == "None of 30 looks good, not even alone."


def test_names_and_variants_must_match() -> None:
    with pytest.raises(DataError, match="each needs one"):
        judge_selection(NAMES[:3], NOISE)
