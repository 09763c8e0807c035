"""The only door to skfolio: what each method takes for the best weights. Pure, slow to import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from skfolio import RiskMeasure
from skfolio.exceptions import NonPositiveVarianceError, SkfolioError
from skfolio.moments import EquilibriumMu, LedoitWolf, ShrunkMu, ShrunkMuMethods
from skfolio.optimization import (
    BaseOptimization,
    EqualWeighted,
    HierarchicalRiskParity,
    InverseVolatility,
    MeanRisk,
    ObjectiveFunction,
    RiskBudgeting,
)
from skfolio.prior import BlackLitterman, EmpiricalPrior

from proratio_tradehub.portfolio.method import Method
from proratio_tradehub.portfolio.returns import FloatArray, Returns
from proratio_tradehub.portfolio.views import View

__all__ = ["optimum", "shrunk_covariance"]

_RISK_AVERSION = 3.0
"""The lambda of mean - lambda / 2 x variance, for the equilibrium and the optimum alike: without a
view Black-Litterman then returns the equal weights it takes as the market's."""

_SCALE = 1e4
"""Brings returns of a day to the size the solver's tolerances are made for."""

_UNSOLVABLE = (SkfolioError, ArithmeticError, ValueError)
"""What skfolio, its solvers and numpy raise where the data allows no answer."""


def optimum(
    returns: Returns, method: Method, *, cap: float, views: Sequence[View]
) -> FloatArray | str:
    """Return the weights of `method`, or why there are none.

    Parameters
    ----------
    returns
        The past it may look at.
    method
        Which.
    cap
        Most of the capital in one asset; only the methods that optimise under it look at it.
    views
        Only Black-Litterman looks at them.

    Returns
    -------
    FloatArray | str
        Weights at or above 0, shape (assets,), not yet capped; or the reason in words.
    """
    frame = pd.DataFrame(returns.values, columns=list(returns.assets))
    try:
        model = _estimator(method, cap, views).fit(frame)
    except _UNSOLVABLE as error:
        return " ".join(str(error).split()) or type(error).__name__
    weights: FloatArray = np.asarray(model.weights_, np.float64)
    if not (np.isfinite(weights).all() and weights.sum() > 0):
        return f"the optimiser returned the weights {weights.tolist()}"
    return np.maximum(weights, 0.0)


def shrunk_covariance(returns: Returns) -> FloatArray | None:
    """Return the covariance every method judges by, shape (assets, assets).

    None where something never moved. Source: Ledoit & Wolf, "A well-conditioned estimator for
    large-dimensional covariance matrices", Journal of Multivariate Analysis 88(2), 2004.
    """
    try:
        return np.atleast_2d(LedoitWolf().fit(returns.values).covariance_)
    except NonPositiveVarianceError:
        return None


def _estimator(method: Method, cap: float, views: Sequence[View]) -> BaseOptimization:
    variance: dict[str, Any] = {"risk_measure": RiskMeasure.VARIANCE}
    prior = EmpiricalPrior(
        # of skfolio's shrinkages this one cannot pass its target: James and Stein's did
        mu_estimator=ShrunkMu(
            covariance_estimator=LedoitWolf(),
            vol_weighted_target=True,
            method=ShrunkMuMethods.BAYES_STEIN,
        ),
        covariance_estimator=LedoitWolf(),
    )
    optimum: dict[str, Any] = variance | {
        "objective_function": ObjectiveFunction.MAXIMIZE_UTILITY,
        "risk_aversion": _RISK_AVERSION / 2,  # skfolio leaves the half out
        "max_weights": cap,
        "scale_objective": _SCALE,
    }
    match method:
        case Method.EQUAL:
            return EqualWeighted()
        case Method.INVERSE_VOLATILITY:
            return InverseVolatility(prior_estimator=prior)
        case Method.RISK_PARITY:
            return RiskBudgeting(prior_estimator=prior, max_weights=cap, **variance)
        case Method.HRP:
            return HierarchicalRiskParity(prior_estimator=prior, **variance)
        case Method.MEAN_VARIANCE:
            return MeanRisk(prior_estimator=prior, **optimum)
        case Method.BLACK_LITTERMAN:
            return MeanRisk(prior_estimator=_opinionated(views), **optimum)


def _opinionated(views: Sequence[View]) -> EmpiricalPrior | BlackLitterman:
    """Return the equilibrium as the views bend it; the equilibrium itself where there is none."""
    market = EmpiricalPrior(
        mu_estimator=EquilibriumMu(risk_aversion=_RISK_AVERSION, covariance_estimator=LedoitWolf()),
        covariance_estimator=LedoitWolf(),
    )
    if not views:
        return market
    return BlackLitterman(
        views=[f"{view.asset} == {view.return_frac!r}" for view in views],
        view_confidences=[view.confidence for view in views],
        prior_estimator=market,
    )
