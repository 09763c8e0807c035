"""Tails against known distributions and an independent formula; forecasts never look ahead."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from proratio_core.errors import DataError
from proratio_tradehub.portfolio.value_at_risk import TailMethod, forecast_tails, tail_risk


def test_history_is_the_worst_losses_themselves() -> None:
    returns = np.arange(-50, 50) / 1_000
    risk = tail_risk(returns, TailMethod.HISTORICAL, confidence_frac=0.95)
    assert risk.var_frac == pytest.approx(0.046)  # the fifth worst of a hundred
    assert risk.cvar_frac == pytest.approx(0.048)  # the mean of -50..-46


@pytest.mark.parametrize("confidence", [0.95, 0.99])
def test_the_parametric_tail_of_a_normal_sample_is_the_normal_one(confidence: float) -> None:
    sample = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000) * 0.02 + 0.001
    risk = tail_risk(sample, TailMethod.PARAMETRIC, confidence_frac=confidence)
    z = stats.norm.ppf(1 - confidence)
    assert risk.var_frac == pytest.approx(-(0.001 + 0.02 * z), rel=2e-3)
    assert risk.cvar_frac == pytest.approx(
        0.02 * stats.norm.pdf(z) / (1 - confidence) - 0.001, rel=2e-3
    )


def test_the_parametric_shortfall_is_the_integral_of_its_own_tail() -> None:
    """McNeil, Frey & Embrechts' closed form against numerical integration by scipy."""
    sample = stats.t.rvs(6, size=3_000, random_state=1) * 0.01
    risk = tail_risk(sample, TailMethod.PARAMETRIC, confidence_frac=0.975)
    freedom = 4 + 6 / stats.kurtosis(sample)
    scale = sample.std(ddof=1) * ((freedom - 2) / freedom) ** 0.5
    law = stats.t(freedom, loc=sample.mean(), scale=scale)
    assert risk.var_frac == pytest.approx(-law.ppf(0.025), rel=1e-9)
    expected = law.expect(lambda x: -x, lb=-np.inf, ub=law.ppf(0.025), conditional=True)
    assert risk.cvar_frac == pytest.approx(expected, rel=1e-6)


def test_filtering_scales_history_to_the_volatility_of_now() -> None:
    rng = np.random.default_rng(3)
    calm, wild = rng.normal(0, 0.01, 400), rng.normal(0, 0.05, 100)
    rising = np.concatenate([calm, wild])
    filtered = tail_risk(rising, TailMethod.FILTERED)
    plain = tail_risk(rising, TailMethod.HISTORICAL)
    assert filtered.var_frac > plain.var_frac
    assert filtered.var_frac == pytest.approx(0.05 * 1.645, rel=0.35)
    falling = tail_risk(rising[::-1].copy(), TailMethod.FILTERED)
    assert 0.01 * 1.645 < falling.var_frac < plain.var_frac


def test_filtering_is_hull_and_whites_recursion_step_by_step() -> None:
    returns = np.random.default_rng(5).standard_t(4, 80) * 0.01
    variance = float(np.square(returns).mean())
    before = []
    for value in returns:
        before.append(variance)
        variance = 0.94 * variance + 0.06 * value**2
    scaled = np.sort(returns * np.sqrt(variance / np.array(before)))
    risk = tail_risk(returns, TailMethod.FILTERED, confidence_frac=0.95)
    assert risk.var_frac == pytest.approx(-scaled[3], rel=1e-12)
    assert risk.cvar_frac == pytest.approx(-scaled[:4].mean(), rel=1e-12)


@pytest.mark.parametrize("method", TailMethod)
def test_a_forecast_is_the_tail_of_its_window_and_knows_nothing_later(method: TailMethod) -> None:
    returns = np.random.default_rng(9).standard_t(5, 300) * 0.02
    forecasts = forecast_tails(returns, method, window=100)
    assert len(forecasts.var_frac) == len(forecasts.realised_frac) == 200
    assert forecasts.realised_frac[0] == returns[100]
    for row in (0, 57, 199):
        risk = tail_risk(returns[row : row + 100], method)
        assert forecasts.var_frac[row] == pytest.approx(risk.var_frac, rel=1e-12)
        assert forecasts.cvar_frac[row] == pytest.approx(risk.cvar_frac, rel=1e-12)
    changed = returns.copy()
    changed[150:] *= -7
    later = forecast_tails(changed, method, window=100)
    assert later.var_frac[:51].tolist() == forecasts.var_frac[:51].tolist()


@pytest.mark.parametrize("method", TailMethod)
def test_a_market_that_stands_still_has_no_tail(method: TailMethod) -> None:
    risk = tail_risk(np.zeros(100), method)
    assert risk.var_frac == pytest.approx(0, abs=1e-12)
    assert risk.cvar_frac == pytest.approx(0, abs=1e-12)


def test_unusable_input_is_refused() -> None:
    fine = np.linspace(-0.1, 0.1, 100)
    with pytest.raises(DataError, match="at least 50"):
        tail_risk(fine[:49], TailMethod.HISTORICAL)
    with pytest.raises(DataError, match="not between"):
        tail_risk(fine, TailMethod.HISTORICAL, confidence_frac=1.0)
    with pytest.raises(DataError, match="not finite"):
        tail_risk(np.append(fine, np.nan), TailMethod.HISTORICAL)
    for window in (49, 100):
        with pytest.raises(DataError, match="does not fit"):
            forecast_tails(fine, TailMethod.HISTORICAL, window=window)
