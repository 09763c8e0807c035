"""Golden figures: statsmodels 0.15 (standard error of a mean with memory), scipy 1.17 (a Student
interval without), arch 8.0 (percentile interval of a Sharpe ratio), to what resampling can tell."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from arch.bootstrap import StationaryBootstrap
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from proratio_core.errors import DataError
from proratio_quantlab.inference.bootstrap import block_length_of_ratios
from proratio_quantlab.inference.intervals import (
    Interval,
    drawdown_interval,
    largest_drawdowns,
    mean_interval,
    sharpe_difference_interval,
    sharpe_interval,
    sortino_interval,
)
from proratio_quantlab.ratios import sharpe_ratio, sortino_ratio

RETURNS = np.random.default_rng(11).standard_t(5, 500) * 0.01 + 0.0008


def of(interval: Interval | None) -> Interval:
    assert interval is not None
    return interval


def test_without_memory_a_mean_has_students_interval() -> None:
    ours = of(mean_interval(RETURNS))

    low, high = stats.t.interval(0.95, 499, loc=RETURNS.mean(), scale=stats.sem(RETURNS))
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.06 * (high - low))
    assert ours.p_value == pytest.approx(stats.ttest_1samp(RETURNS, 0).pvalue, abs=0.02)


def test_with_memory_a_mean_has_the_error_of_statsmodels_hac() -> None:
    noise = np.random.default_rng(7).standard_normal(3000)
    trend = np.convolve(noise, np.ones(5) / 5, mode="valid")

    hac = sm.OLS(trend, np.ones(len(trend))).fit(cov_type="HAC", cov_kwds={"maxlags": 20})

    assert of(mean_interval(trend)).standard_error == pytest.approx(hac.bse[0], rel=0.08)


def test_a_sharpe_ratio_has_the_interval_of_arch() -> None:
    ours = of(sharpe_interval(RETURNS))

    bootstrap = StationaryBootstrap(block_length_of_ratios(RETURNS), RETURNS, seed=5)
    low, high = bootstrap.conf_int(
        lambda drawn: drawn.mean() / drawn.std(ddof=1) * math.sqrt(365), 10_000, method="percentile"
    ).ravel()
    assert ours.value == sharpe_ratio(RETURNS)
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.04 * (high - low))


def test_a_sharpe_ratio_has_lo_s_standard_error_on_independent_normal_returns() -> None:
    """Source: Lo, "The statistics of Sharpe ratios", Financial Analysts Journal 58(4), 2002."""
    normal = np.random.default_rng(2).standard_normal(2000) + 0.1
    ratio = sharpe_ratio(normal, periods=1)
    assert ratio is not None

    ours = of(sharpe_interval(normal, periods=1))

    assert ours.standard_error == pytest.approx(math.sqrt((1 + ratio**2 / 2) / 2000), rel=0.06)


def test_a_difference_of_sharpe_ratios_has_memmel_s_standard_error() -> None:
    """Source: Memmel, "Performance hypothesis testing with the Sharpe ratio", Finance Letters 1,
    2003: Jobson & Korkie's test corrected, for independent normal returns."""
    generator = np.random.default_rng(4)
    common, own = generator.standard_normal((1, 3000)), generator.standard_normal((2, 3000))
    first, second = 0.8 * common + 0.6 * own + np.array([[0.15], [0.05]])
    one, other = (sharpe_ratio(returns, periods=1) or 0 for returns in (first, second))
    rho = np.corrcoef(first, second)[0, 1]
    variance = 2 - 2 * rho + (one**2 + other**2 - 2 * one * other * rho**2) / 2

    ours = of(sharpe_difference_interval(first, second, periods=1))

    assert ours.value == pytest.approx(one - other, rel=1e-12)
    assert ours.standard_error == pytest.approx(math.sqrt(variance / 3000), rel=0.06)


def test_days_that_do_not_match_cannot_be_paired() -> None:
    with pytest.raises(DataError, match="cannot be paired"):
        sharpe_difference_interval(RETURNS, RETURNS[1:])
    assert sharpe_difference_interval(RETURNS, np.zeros(500)) is None
    assert sharpe_difference_interval(RETURNS[:19], RETURNS[:19]) is None


def test_a_sortino_ratio_lies_in_its_interval() -> None:
    ours = of(sortino_interval(RETURNS))

    assert ours.value == sortino_ratio(RETURNS)
    assert ours.low < ours.value < ours.high


def test_drawdowns_equal_those_of_a_loop() -> None:
    wallet = np.cumprod(1 + RETURNS)
    high, worst = 1.0, 0.0
    for value in wallet:
        high = max(high, value)
        worst = max(worst, 1 - value / high)

    assert largest_drawdowns(1 + RETURNS[None])[0] == pytest.approx(worst, rel=1e-12)
    ours = of(drawdown_interval(RETURNS, resamples=2_000))
    assert ours.value == pytest.approx(worst, rel=1e-12)
    assert 0 < ours.low < ours.value < ours.high < 1


def test_fewer_than_20_observations_have_no_interval() -> None:
    few = RETURNS[:19]

    intervals = mean_interval, sharpe_interval, sortino_interval, drawdown_interval
    assert [interval(few) for interval in intervals] == [None] * 4


@pytest.mark.parametrize("constant", [0.0, 0.01])
def test_constant_returns_have_a_mean_and_no_ratio(constant: float) -> None:
    returns = np.full(100, constant)

    assert sharpe_interval(returns) is None
    assert sortino_interval(returns) is None
    ours = of(mean_interval(returns))
    assert (ours.low, ours.high) == pytest.approx((constant, constant))


def test_a_wallet_that_moved_on_a_handful_of_days_has_no_interval() -> None:
    for days in ([10, 200], [10, 11]):
        returns = np.zeros(300)
        returns[days] = 0.02, -0.01

        assert sharpe_ratio(returns) is not None
        assert sharpe_interval(returns) is None
        assert sortino_interval(returns) is None


def test_what_is_no_number_is_refused() -> None:
    broken = RETURNS.copy()
    broken[3] = math.nan

    for interval in (mean_interval, sharpe_interval, sortino_interval, drawdown_interval):
        with pytest.raises(DataError, match="NaN or infinite"):
            interval(broken)
    with pytest.raises(DataError, match="between 0 and 1"):
        mean_interval(RETURNS, confidence_frac=1.0)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    generator = np.random.default_rng(3)
    covered = 0
    for _ in range(300):
        returns = generator.standard_normal(250) * 0.01 + 0.0005
        interval = of(sharpe_interval(returns, periods=1, resamples=500))
        covered += interval.low <= 0.05 <= interval.high

    assert covered / 300 == pytest.approx(0.95, abs=3.5 * math.sqrt(0.95 * 0.05 / 300))


@given(st.lists(st.floats(-1, 1), min_size=20, max_size=80))
def test_the_mean_lies_inside_its_interval(values: list[float]) -> None:
    interval = of(mean_interval(np.array(values), resamples=400))

    slack = 1e-12 + 4 * interval.standard_error / math.sqrt(400)
    assert interval.low - slack <= interval.value <= interval.high + slack
    assert 0 < interval.p_value <= 1
