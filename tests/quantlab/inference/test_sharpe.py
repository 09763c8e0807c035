"""Golden figures: the worked examples of Bailey & Lopez de Prado, "The Sharpe ratio efficient
frontier" (2012) and "The deflated Sharpe ratio" (2014), to the digits printed there; skfolio 1.12
on the same returns, to 1e-12."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from skfolio import measures as skfolio
from statsmodels.stats.multitest import multipletests

from proratio_core.errors import DataError
from proratio_quantlab.inference import (
    SharpeEstimate,
    Trials,
    best_of_many_p_value,
    deflated_sharpe,
    expected_max_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
)

RETURNS = np.random.default_rng(3).standard_t(4, 500) * 0.01 + 0.0007
TRIALS = np.random.default_rng(4).normal(0, 0.04, 60)
HEDGE_FUND = {"sharpe": 0.458, "observations": 24}
PICKED = {"sharpe": 2.5 / math.sqrt(250), "observations": 1250}
VARIANCE = 0.5 / 250


def estimate_of(returns: np.ndarray) -> SharpeEstimate:
    estimate = SharpeEstimate.of(returns)
    assert estimate is not None
    return estimate


def test_the_hedge_fund_of_the_2012_paper() -> None:
    fat_tailed = SharpeEstimate(**HEDGE_FUND, skew=-2.448, kurtosis=10.164)

    assert probabilistic_sharpe(SharpeEstimate(**HEDGE_FUND)) == pytest.approx(0.982, abs=5e-4)
    assert probabilistic_sharpe(fat_tailed) == pytest.approx(0.913, abs=5e-4)


@pytest.mark.parametrize(
    ("a_year", "skew", "kurtosis", "years"),
    [(250, 0, 3, 2.73), (52, 0, 3, 2.83), (12, 0, 3, 3.24), (12, -0.72, 5.78, 4.99)],
)
def test_minimum_track_records_of_the_2012_paper(
    a_year: int, skew: float, kurtosis: float, years: float
) -> None:
    measured = SharpeEstimate(2 / math.sqrt(a_year), 100, skew=skew, kurtosis=kurtosis)

    wanted = minimum_track_record(measured, benchmark=1 / math.sqrt(a_year))

    assert wanted is not None
    assert wanted / a_year == pytest.approx(years, abs=5e-3)


def test_the_selected_strategy_of_the_2014_paper() -> None:
    picked = SharpeEstimate(**PICKED, skew=-3, kurtosis=10)

    assert expected_max_sharpe(Trials(100, VARIANCE**0.5)) == pytest.approx(0.1132, abs=5e-5)
    assert deflated_sharpe(picked, Trials(100, VARIANCE**0.5)) == pytest.approx(0.9004, abs=5e-5)
    assert deflated_sharpe(picked, Trials(46, VARIANCE**0.5)) == pytest.approx(0.9505, abs=5e-5)
    assert deflated_sharpe(SharpeEstimate(**PICKED), Trials(88, VARIANCE**0.5)) == pytest.approx(
        0.9505, abs=5e-5
    )


def test_all_figures_equal_skfolios() -> None:
    estimate = estimate_of(RETURNS)
    trials = Trials.of(TRIALS)

    assert estimate.skew == pytest.approx(stats.skew(RETURNS), rel=1e-12)
    assert estimate.kurtosis == pytest.approx(stats.kurtosis(RETURNS, fisher=False), rel=1e-12)
    assert probabilistic_sharpe(estimate, benchmark=0.02) == pytest.approx(
        skfolio.probabilistic_sharpe_ratio(RETURNS, 0.02), rel=1e-12
    )
    assert expected_max_sharpe(trials) == pytest.approx(
        skfolio.expected_max_sharpe_ratio(len(TRIALS), TRIALS.std(ddof=1)), rel=1e-12
    )
    assert deflated_sharpe(estimate, trials) == pytest.approx(
        skfolio.deflated_sharpe_ratio(RETURNS, TRIALS), rel=1e-12
    )


@pytest.mark.parametrize("count", [3, 5, 10, 100, 10_000])
def test_the_expected_maximum_is_near_the_integral_it_approximates(count: int) -> None:
    exact, _ = integrate.quad(
        lambda x: x * count * stats.norm.pdf(x) * stats.norm.cdf(x) ** (count - 1), -10, 12
    )

    assert 1 < expected_max_sharpe(Trials(count, 1.0)) / exact < 1.03


def test_a_track_record_of_the_minimum_length_is_exactly_believable() -> None:
    measured = SharpeEstimate(0.1, 1001, skew=-0.5, kurtosis=5.0)
    confidence = probabilistic_sharpe(measured, benchmark=0.03)
    assert confidence is not None

    wanted = minimum_track_record(measured, benchmark=0.03, confidence_frac=confidence)

    assert wanted == pytest.approx(1001, rel=1e-9)


def test_a_loser_never_becomes_believable() -> None:
    assert minimum_track_record(SharpeEstimate(-0.1, 100)) is None


def test_one_trial_is_not_deflated() -> None:
    estimate = estimate_of(RETURNS)

    assert deflated_sharpe(estimate, Trials.of([0.3])) == probabilistic_sharpe(estimate)


def test_more_trials_leave_less() -> None:
    estimate = estimate_of(RETURNS)

    left = [deflated_sharpe(estimate, Trials(count, 0.05)) for count in (1, 2, 10, 100, 10_000)]

    assert left == sorted(left, reverse=True)  # type: ignore[type-var]
    assert len(set(left)) == len(left)


def test_luck_of_the_best_equals_the_family_error_of_statsmodels() -> None:
    estimate = estimate_of(RETURNS + 0.001)
    alone = probabilistic_sharpe(estimate)
    assert alone is not None

    _, (adjusted, *_), *_ = multipletests([1 - alone] + [0.9] * 59, method="sidak")

    assert best_of_many_p_value(estimate, Trials(60, 0.04)) == pytest.approx(adjusted, rel=1e-9)
    assert best_of_many_p_value(estimate, Trials(1, 0.0)) == pytest.approx(1 - alone, rel=1e-9)


def test_luck_of_the_best_keeps_its_digits_at_both_ends() -> None:
    assert best_of_many_p_value(SharpeEstimate(0.35, 1001), Trials(100, 0.03)) == pytest.approx(
        100 * stats.norm.sf(0.35 * math.sqrt(1000 / (1 + 0.35**2 / 2))), rel=1e-6
    )
    assert best_of_many_p_value(SharpeEstimate(-9.0, 100), Trials(10, 0.1)) == 1.0
    assert best_of_many_p_value(SharpeEstimate(1.0, 9, skew=2, kurtosis=5), Trials(2, 1)) is None


def test_identical_trials_count_as_one() -> None:
    assert Trials(50, 0.1).resembling(1.0).count == 1
    assert Trials(50, 0.1).resembling(0.0).count == 50
    assert Trials(50, 0.1).resembling(0.6).count == pytest.approx(20.6)


@pytest.mark.parametrize("returns", [[], [0.01], [0.01] * 30, [0.0] * 30])
def test_returns_without_spread_define_no_ratio(returns: list[float]) -> None:
    assert SharpeEstimate.of(np.array(returns, np.float64)) is None


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_return_that_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(DataError, match="NaN or infinite"):
        SharpeEstimate.of(np.array([0.01, bad, 0.02]))


def test_an_estimate_without_error_has_no_probability() -> None:
    coin = SharpeEstimate(1.0, 10, skew=2.0, kurtosis=5.0)

    assert coin.variance_factor == 0
    assert probabilistic_sharpe(coin) is None


@pytest.mark.parametrize(
    ("count", "deviation"), [(0, 0.1), (0.5, 0.1), (math.nan, 0.1), (3, -1), (3, math.nan)]
)
def test_impossible_trials_are_refused(count: float, deviation: float) -> None:
    with pytest.raises(DataError):
        Trials(count, deviation)


def test_no_trial_at_all_is_refused() -> None:
    with pytest.raises(DataError, match="at least the one"):
        Trials.of([])


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(DataError, match="a confidence lies"):
        minimum_track_record(SharpeEstimate(0.1, 100), confidence_frac=1.0)
    with pytest.raises(DataError, match="between 0 and 1"):
        Trials(3, 0.1).resembling(1.5)
    with pytest.raises(DataError, match="at least 2"):
        SharpeEstimate(0.1, 1)
    with pytest.raises(DataError, match="finite"):
        SharpeEstimate(math.nan, 10)


@given(st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=60), st.floats(-1, 1))
def test_a_probability_lies_between_0_and_1(returns: list[float], benchmark: float) -> None:
    estimate = SharpeEstimate.of(np.array(returns))

    if estimate is not None:
        probability = probabilistic_sharpe(estimate, benchmark=benchmark)
        assert probability is None or 0 <= probability <= 1
