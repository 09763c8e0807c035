"""Golden figures, to 1e-12: quantstats 0.0.86 (Sharpe, Sortino, Omega, tail ratio), skfolio 1.12
(value at risk, conditional value at risk)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import quantstats.stats as quantstats
from hypothesis import given
from hypothesis import strategies as st
from skfolio import measures as skfolio

from proratio_quantlab import ratios

RETURNS = np.random.default_rng(3).standard_t(4, 503) * 0.01 + 0.0007
DATED = pd.Series(RETURNS, index=pd.date_range("2023-01-01", periods=len(RETURNS)))


def test_ratios_equal_those_of_quantstats() -> None:
    ours = (
        ratios.sharpe_ratio(RETURNS),
        ratios.sortino_ratio(RETURNS),
        ratios.omega_ratio(RETURNS),
        ratios.tail_ratio(RETURNS),
    )

    theirs = (
        quantstats.sharpe(DATED, periods=365),
        quantstats.sortino(DATED, periods=365),
        quantstats.omega(DATED, periods=365),
        quantstats.tail_ratio(DATED),
    )
    assert ours == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("count", [20, 39, 100, 101, 503])
def test_tail_risk_equals_that_of_skfolio(count: int) -> None:
    returns = RETURNS[:count]

    assert ratios.value_at_risk(returns) == pytest.approx(skfolio.value_at_risk(returns), rel=1e-12)
    assert ratios.conditional_value_at_risk(returns) == pytest.approx(
        skfolio.cvar(returns), rel=1e-12
    )


def test_a_ratio_per_observation_is_not_stretched() -> None:
    yearly = ratios.sharpe_ratio(RETURNS)
    daily = ratios.sharpe_ratio(RETURNS, periods=1)

    assert yearly is not None
    assert daily == pytest.approx(yearly / 365**0.5, rel=1e-12)


def test_fewer_than_20_returns_have_no_measured_tail() -> None:
    few = RETURNS[:19]

    tails = ratios.value_at_risk, ratios.conditional_value_at_risk, ratios.tail_ratio
    assert [tail(few) for tail in tails] == [None] * 3


@pytest.mark.parametrize("constant", [0.0, 0.01])
def test_constant_gains_define_no_ratio(constant: float) -> None:
    returns = np.full(40, constant)

    undefined = ratios.sharpe_ratio, ratios.sortino_ratio, ratios.omega_ratio, ratios.tail_ratio
    assert [ratio(returns) for ratio in undefined] == [None] * 4


def test_constant_losses_have_a_tail() -> None:
    returns = np.full(40, -0.01)

    assert ratios.sharpe_ratio(returns) is None
    assert ratios.value_at_risk(returns) == pytest.approx(0.01)
    assert ratios.conditional_value_at_risk(returns) == pytest.approx(0.01)
    assert ratios.tail_ratio(returns) == 0


def test_no_return_at_all_defines_nothing() -> None:
    nothing = np.array([], np.float64)

    figures = (
        ratios.sharpe_ratio, ratios.sortino_ratio, ratios.omega_ratio, ratios.tail_ratio,
        ratios.value_at_risk, ratios.conditional_value_at_risk,
    )  # fmt: skip
    assert [figure(nothing) for figure in figures] == [None] * 6


def test_growth_without_a_drawdown_has_no_calmar() -> None:
    assert ratios.calmar_ratio(1.5, days=365, max_drawdown_frac=0.0) is None
    assert ratios.calmar_ratio(1.5, days=365, max_drawdown_frac=0.25) == pytest.approx(2.0)


@given(st.lists(st.floats(-0.9, 0.9), min_size=20, max_size=80))
def test_the_mean_of_a_tail_is_at_least_its_border(values: list[float]) -> None:
    returns = np.array(values)

    border = ratios.value_at_risk(returns)
    mean = ratios.conditional_value_at_risk(returns)

    assert border is not None
    assert mean is not None
    assert mean >= border - 1e-12
