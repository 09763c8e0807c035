"""Golden figures: skfolio 1.12 (probabilistic and deflated Sharpe ratio)."""

from __future__ import annotations

import numpy as np
import pytest
from skfolio.measures import deflated_sharpe_ratio, probabilistic_sharpe_ratio

from proratio_quantlab.certainty import Certainty, certainty_of
from proratio_quantlab.results import BacktestResult
from tests.quantlab.made import BALANCE, equity_of, specification_of

RETURNS = np.random.default_rng(21).normal(0.0012, 0.01, 300)
TRIED = np.array([1.9, 0.2, -0.7, 1.1, 0.4])


def run_of(returns: np.ndarray) -> BacktestResult:
    wallet = BALANCE * np.cumprod(1 + returns)
    return BacktestResult.of(specification_of(), (), equity_of(wallet.tolist()))


def judged(returns: np.ndarray, tried: np.ndarray = TRIED) -> Certainty:
    return certainty_of(run_of(returns), tried)


def test_figures_equal_those_of_skfolio() -> None:
    found = judged(RETURNS)

    assert found.probabilistic == pytest.approx(probabilistic_sharpe_ratio(RETURNS), rel=1e-9)
    assert found.deflated == pytest.approx(
        deflated_sharpe_ratio(RETURNS, TRIED / 365**0.5), rel=1e-9
    )
    assert (found.trials, found.days) == (5, 300)
    assert found.sharpe is not None
    assert found.sharpe.value == pytest.approx(RETURNS.mean() / RETURNS.std(ddof=1) * 365**0.5)


def test_everything_is_said_with_n_and_the_number_of_trials() -> None:
    text = " ".join(judged(RETURNS).lines)

    assert "95 % interval" in text
    assert "n = 300 days" in text
    assert "5 different outcomes" in text
    assert "deflated Sharpe" in text
    assert "this one has 300" in text


@pytest.mark.parametrize("tried", [np.array([]), np.array([1.9])])
def test_without_other_trials_nothing_is_deflated(tried: np.ndarray) -> None:
    found = judged(RETURNS, tried)

    assert found.trials == 1
    assert found.deflated == found.probabilistic
    assert "outcomes" not in " ".join(found.lines)


def test_a_loser_is_never_believable() -> None:
    assert judged(-RETURNS).lines[-1].startswith("Not above 0 as measured")


@pytest.mark.parametrize("returns", [np.zeros(60), RETURNS[:10], RETURNS[:1]])
def test_a_run_that_defines_nothing_says_so(returns: np.ndarray) -> None:
    lines = judged(returns).lines

    assert lines == (f"The Sharpe ratio of {len(returns)} days is too unsure for an interval.",)
