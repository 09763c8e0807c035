"""How capital is shared between assets, under caps and a turnover limit. Pure.

The optimisers are skfolio's. What is added here is what a trader needs around them: weights that
may stay partly in cash, one turnover rule for every method, and a failure that moves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from proratio_core.errors import DataError
from proratio_tradehub.portfolio.method import Method
from proratio_tradehub.portfolio.returns import FloatArray, Returns
from proratio_tradehub.portfolio.views import View

__all__ = ["Allocation", "Limits", "allocate"]

_ROUNDING = 1e-9


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
    target = _target(returns, method, limits.max_weight_frac, views)
    if isinstance(target, str):
        return _allocation(returns, method, held, turnover=0.0, failure=target)
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


def _target(
    returns: Returns, method: Method, cap: float, views: Sequence[View]
) -> FloatArray | str:
    """Return the weights wanted, or why there are none."""
    from proratio_tradehub.portfolio.optimisers import optimum  # noqa: PLC0415  # takes seconds

    unknown = sorted({view.asset for view in views} - set(returns.assets))
    if unknown:
        raise DataError(f"there are views on {', '.join(unknown)}, of which there are no returns")
    count = len(returns.assets)
    if count * cap <= 1 + _ROUNDING:  # every asset at its cap is all that is allowed
        return np.full(count, cap)
    found = optimum(returns, method, cap=cap, views=views)
    return found if isinstance(found, str) else _capped(found, cap)


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
    from proratio_tradehub.portfolio.optimisers import shrunk_covariance  # noqa: PLC0415

    covariance = shrunk_covariance(returns)
    marginal = np.zeros(len(weights)) if covariance is None else covariance @ weights
    variance = float(weights @ marginal)
    if not variance > 0:
        return MappingProxyType({})
    shares = (weights * marginal / variance).tolist()
    return MappingProxyType(dict(zip(returns.assets, shares, strict=True)))
