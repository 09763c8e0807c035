"""How capital is shared between assets, under caps and a turnover limit. Pure.

The optimisers are skfolio's. What is added here is what a trader needs around them: weights that
may stay partly in cash, one turnover rule for every method, and a failure that moves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
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

from proratio_core.errors import DataError
from proratio_tradehub.portfolio.returns import FloatArray, Returns
from proratio_tradehub.portfolio.views import View

__all__ = ["Allocation", "Limits", "Method", "allocate"]

_RISK_AVERSION = 3.0
"""The lambda of mean - lambda / 2 x variance, for the equilibrium and the optimum alike: without a
view Black-Litterman then returns the equal weights it takes as the market's."""

_SCALE = 1e4
"""Brings returns of a day to the size the solver's tolerances are made for."""

_ROUNDING = 1e-9

_UNSOLVABLE = (SkfolioError, ArithmeticError, ValueError)
"""What skfolio, its solvers and numpy raise where the data allows no answer."""


class Method(StrEnum):
    """How the target weights are found."""

    EQUAL = "equal"
    INVERSE_VOLATILITY = "inverse-volatility"
    RISK_PARITY = "risk-parity"
    HRP = "hrp"
    MEAN_VARIANCE = "mean-variance"
    BLACK_LITTERMAN = "black-litterman"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an allocation may not exceed.

    Parameters
    ----------
    max_weight_frac
        Most of the capital in one asset, above 0 to 1. Where all assets at this cap come to less
        than the whole, the rest stays in cash.
    max_turnover_frac
        Most of the capital that may change hands at once, half the sum of the absolute changes,
        cash included, 0 to 1; None does not limit it.
    """

    max_weight_frac: float = 1.0
    max_turnover_frac: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.max_weight_frac <= 1:
            raise DataError(
                f"a weight cap of {self.max_weight_frac} is not above 0 and up to 1 (the whole)"
            )
        turnover = self.max_turnover_frac
        if turnover is not None and not 0 <= turnover <= 1:
            raise DataError(f"a turnover limit of {turnover} is not from 0 (nothing) to 1 (all)")


@dataclass(frozen=True, slots=True)
class Allocation:
    """What part of the capital each asset gets.

    Parameters
    ----------
    method
        How the target was found.
    weights
        Asset -> fraction of the capital, 0 to 1, in the order of the returns.
    risk_shares
        Asset -> its part of the variance; they sum to 1. Empty when there is no variance.
    turnover_frac
        What has to change hands to get there, 0 to 1.
    failure
        Why no target was found, so that nothing moves; None when one was.
    """

    method: Method
    weights: Mapping[str, float]
    risk_shares: Mapping[str, float]
    turnover_frac: float
    failure: str | None = None

    @property
    def cash_frac(self) -> float:
        """What stays in cash, 0 to 1."""
        return max(0.0, 1 - math.fsum(self.weights.values()))


def allocate(
    returns: Returns,
    method: Method,
    *,
    limits: Limits | None = None,
    previous: Mapping[str, float] | None = None,
    views: Sequence[View] = (),
) -> Allocation:
    """Return how the capital should be shared.

    Parameters
    ----------
    returns
        The past the method may look at, and nothing later.
    method
        How.
    limits
        Cap and turnover; by default the whole capital may go anywhere at once.
    previous
        The weights held now; nothing is held without them. Required for a turnover limit to mean
        anything: from cash, at most that part is invested.
    views
        What is expected of some assets; only Black-Litterman listens to them.

    Raises
    ------
    DataError
        A limit, a weight or a view is unusable.

    Notes
    -----
    Risk parity: Maillard, Roncalli & Teïletche, "The properties of equally weighted risk
    contribution portfolios", Journal of Portfolio Management 36(4), 2010. HRP: López de Prado,
    "Building diversified portfolios that outperform out of sample", ibid. 42(4), 2016.
    Black-Litterman: Black & Litterman, Journal of Fixed Income 1(2), 1991, with confidences after
    Idzorek, "A step-by-step guide to the Black-Litterman model", 2007. Covariances are shrunk
    (Ledoit & Wolf, Journal of Multivariate Analysis 88(2), 2004), means too (Jorion, Journal of
    Financial and Quantitative Analysis 21(3), 1986).
    """
    limits = limits or Limits()
    held = _held(returns.assets, previous or {})
    try:
        target = _target(returns, method, limits.max_weight_frac, views)
    except _UNSOLVABLE as error:
        return _allocation(returns, method, held, turnover=0.0, failure=_told(error))
    turnover = _turnover(target, held)
    if limits.max_turnover_frac is not None and turnover > limits.max_turnover_frac:
        target = held + (target - held) * (limits.max_turnover_frac / turnover)
        turnover = limits.max_turnover_frac
    return _allocation(returns, method, target, turnover=turnover)


def _held(assets: tuple[str, ...], previous: Mapping[str, float]) -> FloatArray:
    unknown = sorted(set(previous) - set(assets))
    if unknown:
        raise DataError(
            f"weights are held in {', '.join(unknown)}, of which there are no returns; give "
            "returns of everything that is held, so that it can be sold"
        )
    held = np.array([previous.get(asset, 0.0) for asset in assets], np.float64)
    if not np.isfinite(held).all() or (held < 0).any() or held.sum() > 1 + _ROUNDING:
        raise DataError(f"held weights {dict(previous)} are not fractions that sum to at most 1")
    return held


def _target(returns: Returns, method: Method, cap: float, views: Sequence[View]) -> FloatArray:
    count = len(returns.assets)
    if count * cap <= 1 + _ROUNDING:  # every asset at its cap is all that is allowed
        return np.full(count, cap)
    frame = pd.DataFrame(returns.values, columns=list(returns.assets))
    model = _estimator(method, cap, views, returns.assets)
    model.fit(frame)
    weights: FloatArray = np.asarray(model.weights_, np.float64)
    if not np.isfinite(weights).all():
        raise ArithmeticError("the optimiser returned weights that are not finite")
    return _capped(np.maximum(weights, 0.0), cap)


def _estimator(
    method: Method, cap: float, views: Sequence[View], assets: tuple[str, ...]
) -> BaseOptimization:
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
            return MeanRisk(prior_estimator=_opinionated(views, assets), **optimum)


def _opinionated(views: Sequence[View], assets: tuple[str, ...]) -> EmpiricalPrior | BlackLitterman:
    """Return the equilibrium as the views bend it; the equilibrium itself where there is none."""
    market = EmpiricalPrior(
        mu_estimator=EquilibriumMu(risk_aversion=_RISK_AVERSION, covariance_estimator=LedoitWolf()),
        covariance_estimator=LedoitWolf(),
    )
    unknown = sorted({view.asset for view in views} - set(assets))
    if unknown:
        raise DataError(f"there are views on {', '.join(unknown)}, of which there are no returns")
    if not views:
        return market
    return BlackLitterman(
        views=[f"{view.asset} == {view.return_frac!r}" for view in views],
        view_confidences=[view.confidence for view in views],
        prior_estimator=market,
    )


def _capped(weights: FloatArray, cap: float) -> FloatArray:
    """Return weights that sum to 1 with none above `cap`; what is cut off goes to the others."""
    weights = weights / weights.sum()
    over = weights > cap
    while (weights > cap + _ROUNDING).any():
        over |= weights > cap
        free = weights[~over].sum()
        rest = 1 - cap * over.sum()
        spread = (
            weights * (rest / free) if free > 0 else np.full(len(weights), rest / (~over).sum())
        )
        weights = np.where(over, cap, spread)
    return np.minimum(weights, cap)


def _turnover(target: FloatArray, held: FloatArray) -> float:
    cash = abs(float(held.sum() - target.sum()))
    return (float(np.abs(target - held).sum()) + cash) / 2


def _allocation(
    returns: Returns,
    method: Method,
    weights: FloatArray,
    *,
    turnover: float,
    failure: str | None = None,
) -> Allocation:
    named = dict(zip(returns.assets, weights.tolist(), strict=True))
    return Allocation(
        method, MappingProxyType(named), _risk_shares(returns, weights), turnover, failure
    )


def _risk_shares(returns: Returns, weights: FloatArray) -> Mapping[str, float]:
    """Return each asset's part of the portfolio's variance, shrunk as for the weights (Euler)."""
    try:
        covariance = np.atleast_2d(LedoitWolf().fit(returns.values).covariance_)
    except NonPositiveVarianceError:  # something never moved
        return MappingProxyType({})
    marginal = covariance @ weights
    variance = float(weights @ marginal)
    if not variance > 0:
        return MappingProxyType({})
    shares = (weights * marginal / variance).tolist()
    return MappingProxyType(dict(zip(returns.assets, shares, strict=True)))


def _told(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
