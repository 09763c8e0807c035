"""Weights against closed forms and an independent solver."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.covariance import LedoitWolf

from proratio_tradehub.portfolio.method import Method
from proratio_tradehub.portfolio.optimisers import optimum, shrunk_covariance
from proratio_tradehub.portfolio.returns import Returns
from proratio_tradehub.portfolio.views import View
from tests.tradehub.portfolio.made import returns_with

_ROUGH = [[1e-4, 0.5e-4, 0.2e-4], [0.5e-4, 4e-4, 1e-4], [0.2e-4, 1e-4, 9e-4]]


def _weights(returns: Returns, method: Method, *, views: tuple[View, ...] = ()) -> np.ndarray:
    found = optimum(returns, method, cap=1.0, views=views)
    assert not isinstance(found, str), found
    return found


def _shrunk(returns: Returns) -> np.ndarray:
    """The covariance every method sees, from scikit-learn itself."""
    return np.asarray(LedoitWolf().fit(returns.values).covariance_)


def test_equal_weights_are_equal() -> None:
    assert _weights(returns_with(_ROUGH), Method.EQUAL).tolist() == pytest.approx([1 / 3] * 3)


def test_inverse_volatility_is_its_closed_form() -> None:
    returns = returns_with(_ROUGH)
    inverse = 1 / np.sqrt(np.diag(_shrunk(returns)))
    found = _weights(returns, Method.INVERSE_VOLATILITY)
    assert found == pytest.approx(inverse / inverse.sum(), abs=1e-9)


def test_risk_parity_gives_every_asset_the_same_share_of_risk() -> None:
    returns = returns_with(_ROUGH)
    weights = _weights(returns, Method.RISK_PARITY)
    covariance = _shrunk(returns)
    shares = weights * (covariance @ weights) / (weights @ covariance @ weights)
    assert shares == pytest.approx([1 / 3] * 3, abs=1e-4)


def test_risk_parity_of_two_assets_ignores_their_correlation() -> None:
    """Maillard, Roncalli & Teïletche (2010), eq. 6: x = 1/s1 / (1/s1 + 1/s2)."""
    for correlation in (-0.5, 0.0, 0.8):
        cross = correlation * 0.01 * 0.03
        returns = returns_with([[1e-4, cross], [cross, 9e-4]], rows=4_000)
        first, second = np.sqrt(np.diag(_shrunk(returns)))
        expected = second / (first + second)
        assert _weights(returns, Method.RISK_PARITY)[0] == pytest.approx(expected, abs=1e-4)


def test_hrp_of_two_assets_is_inverse_variance() -> None:
    """López de Prado (2016), stage 3: a bisection splits by the inverse of the variances."""
    returns = returns_with([[1e-4, 0.5e-4], [0.5e-4, 9e-4]])
    first, second = np.diag(_shrunk(returns))
    found = _weights(returns, Method.HRP)
    assert found == pytest.approx([second / (first + second), first / (first + second)], abs=1e-9)


def test_black_litterman_without_a_view_is_the_market() -> None:
    found = _weights(returns_with(_ROUGH), Method.BLACK_LITTERMAN)
    assert found == pytest.approx([1 / 3] * 3, abs=1e-3)


def test_black_litterman_with_views_is_an_independent_solver_on_the_published_posterior() -> None:
    """He & Litterman, "The intuition behind Black-Litterman model portfolios" (1999), eq. 8, with
    Idzorek's (2007) omega for a confidence: tau x p S p' x (1 - c) / c."""
    returns = returns_with(_ROUGH)
    covariance, count = _shrunk(returns), 3
    tau, confidence, aversion = 0.05, 0.7, 3.0
    prior = aversion * covariance @ np.full(count, 1 / count)
    pick = np.array([[0.0, 0.0, 1.0]])
    view = np.array([2 * prior[2]])
    omega = tau * pick @ covariance @ pick.T * (1 - confidence) / confidence
    gain = tau * covariance @ pick.T @ np.linalg.inv(pick @ covariance @ pick.T * tau + omega)
    posterior = prior + gain @ (view - pick @ prior)
    spread = covariance + tau * covariance - gain @ pick @ covariance * tau
    expected = _best(posterior, spread, aversion)

    found = _weights(
        returns, Method.BLACK_LITTERMAN, views=(View("C", float(view[0]), confidence),)
    )

    assert found == pytest.approx(expected, abs=1e-4)
    assert found[2] > 1 / 3


def test_mean_variance_is_an_independent_solver_on_the_same_moments() -> None:
    """Means after Jorion (1986), eq. 14 and 17: shrunk to the minimum variance portfolio's."""
    returns = returns_with(_ROUGH, mean=[2e-4, 6e-4, 9e-4])
    precision = np.linalg.inv(_shrunk(returns))
    sample, count, rows = returns.values.mean(axis=0), 3, 400
    centre = (precision.sum(axis=0) @ sample) / precision.sum()
    away = sample - centre
    weight = (count + 2) / ((count + 2) + rows * away @ precision @ away)
    mean = (1 - weight) * sample + weight * centre
    expected = _best(mean, _shrunk(returns), 3.0)
    assert _weights(returns, Method.MEAN_VARIANCE) == pytest.approx(expected, abs=1e-4)


def _best(mean: np.ndarray, covariance: np.ndarray, aversion: float) -> np.ndarray:
    count = len(mean)
    solved = minimize(
        lambda w: 1e4 * (aversion / 2 * w @ covariance @ w - mean @ w),
        np.full(count, 1 / count),
        bounds=[(0, 1)] * count,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        tol=1e-12,
    )
    assert solved.success
    return np.asarray(solved.x)


def test_the_covariance_is_scikit_learns() -> None:
    returns = returns_with(_ROUGH)
    assert shrunk_covariance(returns) == pytest.approx(_shrunk(returns), rel=1e-12)


def test_what_never_moves_has_no_covariance_and_no_weights() -> None:
    still = Returns(("A", "B"), np.arange(60), np.zeros((60, 2)))
    assert shrunk_covariance(still) is None
    found = optimum(still, Method.INVERSE_VOLATILITY, cap=1.0, views=())
    assert isinstance(found, str)
    assert "non positive variance" in found


def test_the_shrinkage_that_was_not_chosen_passes_its_target() -> None:
    """Why means are not shrunk by skfolio's default: it turns gains into losses."""
    from skfolio.moments import ShrunkMu  # noqa: PLC0415

    returns = returns_with(_ROUGH, mean=[2e-4, 6e-4, 9e-4])
    shrunk = np.asarray(ShrunkMu().fit(returns.values).mu_)
    assert np.round(shrunk * 1e4).tolist() == [-14, 7, 24]
