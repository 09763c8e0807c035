"""How much may be lost over one candle: value at risk and expected shortfall, three ways. Pure.

Losses are positive fractions of the value. Every estimate looks at the returns before it only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import signal, stats

from proratio_core.errors import DataError
from proratio_tradehub.portfolio.returns import FloatArray

__all__ = ["Forecasts", "TailMethod", "TailRisk", "forecast_tails", "tail_risk"]

_DECAY = 0.94
"""Weight of yesterday's variance. Source: RiskMetrics, Technical Document, 4th ed., 1996."""

_FEWEST = 50
"""Below this a tail of one in twenty holds two observations."""

_LEAST_KURTOSIS = 1e-6
"""Excess kurtosis below which the tails are a normal distribution's."""


class TailMethod(StrEnum):
    """How the tail is estimated."""

    HISTORICAL = "historical"
    PARAMETRIC = "parametric"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True)
class TailRisk:
    """What is lost in the worst cases of one candle.

    Parameters
    ----------
    method
        How it was estimated.
    confidence_frac
        Share of candles on which less is lost, e.g. 0.95.
    var_frac
        Value at risk: the loss exceeded in the other cases, as a fraction.
    cvar_frac
        Expected shortfall (conditional value at risk): the mean loss in those cases.
    """

    method: TailMethod
    confidence_frac: float
    var_frac: float
    cvar_frac: float


@dataclass(frozen=True)
class Forecasts:
    """Estimates made one candle ahead, and what then happened; all of shape (n,).

    Parameters
    ----------
    confidence_frac
        As in `TailRisk`.
    var_frac, cvar_frac
        What was forecast from the returns before.
    realised_frac
        The return that came, losses negative.
    """

    confidence_frac: float
    var_frac: FloatArray
    cvar_frac: FloatArray
    realised_frac: FloatArray


def tail_risk(
    returns: FloatArray, method: TailMethod, *, confidence_frac: float = 0.95
) -> TailRisk:
    """Return the tail risk of the next candle.

    Parameters
    ----------
    returns
        Simple returns so far, oldest first, shape (n,), finite.
    method
        How.
    confidence_frac
        0.5 to 1, both excluded.

    Raises
    ------
    DataError
        Fewer than 50 returns, one that is not finite, or a confidence out of range.

    Notes
    -----
    Historical: the empirical quantile (the ceil(n x tail)-th worst) and the mean of the returns up
    to it. Parametric: Student's t by moments, the degrees of freedom from the kurtosis (Heikkinen &
    Kanto, "Value-at-risk estimation using non-integer degrees of freedom of Student's
    distribution", Journal of Risk 4(4), 2002), expected shortfall in closed form (McNeil, Frey &
    Embrechts, "Quantitative Risk Management", 2nd ed. 2015, example 2.15). Filtered: historical
    simulation of returns scaled to today's volatility (Hull & White, "Incorporating volatility
    updating into the historical simulation method for value-at-risk", Journal of Risk 1(1), 1998),
    the volatility exponentially weighted (RiskMetrics).
    """
    checked = _checked(returns, confidence_frac)
    var, cvar = _ESTIMATORS[method](checked[np.newaxis, :], 1 - confidence_frac)
    return TailRisk(method, confidence_frac, float(var[0]), float(cvar[0]))


def forecast_tails(
    returns: FloatArray, method: TailMethod, *, window: int, confidence_frac: float = 0.95
) -> Forecasts:
    """Return what `method` would have forecast for each candle from the `window` before it.

    Parameters
    ----------
    returns
        Simple returns, oldest first, shape (n,), finite.
    method, confidence_frac
        As for `tail_risk`.
    window
        Number of returns each forecast may look at, at least 50, less than n.

    Raises
    ------
    DataError
        As for `tail_risk`, or the returns do not outlast the window.
    """
    checked = _checked(returns, confidence_frac)
    if not _FEWEST <= window < len(checked):
        raise DataError(
            f"a window of {window} returns does not fit: at least {_FEWEST}, and fewer than the "
            f"{len(checked)} there are"
        )
    pasts = np.lib.stride_tricks.sliding_window_view(checked[:-1], window)
    var, cvar = _ESTIMATORS[method](pasts, 1 - confidence_frac)
    return Forecasts(confidence_frac, var, cvar, checked[window:])


def _checked(returns: FloatArray, confidence_frac: float) -> FloatArray:
    if not 0.5 < confidence_frac < 1:
        raise DataError(f"a confidence of {confidence_frac} is not between 0.5 and 1, e.g. 0.95")
    checked: FloatArray = np.asarray(returns, np.float64)
    if len(checked) < _FEWEST:
        raise DataError(f"{len(checked)} returns have no tail to speak of; give at least {_FEWEST}")
    if not np.isfinite(checked).all():
        raise DataError("a return is not finite; verify the candles (proratio data verify)")
    return checked


_Tails = tuple[FloatArray, FloatArray]
"""Value at risk and expected shortfall of every window, each of shape (windows,)."""


def _historical(pasts: FloatArray, tail_frac: float) -> _Tails:
    worst = int(np.ceil(pasts.shape[1] * tail_frac - 1e-9))
    tails = np.partition(pasts, worst - 1, axis=1)[:, :worst]
    return -tails.max(axis=1), -tails.mean(axis=1)


def _parametric(pasts: FloatArray, tail_frac: float) -> _Tails:
    mean, deviation = pasts.mean(axis=1), pasts.std(axis=1, ddof=1)
    centred = pasts - mean[:, np.newaxis]
    second, fourth = np.square(centred).mean(axis=1), np.power(centred, 4).mean(axis=1)
    moves = second > 0
    kurtosis = np.where(moves, fourth / np.square(np.where(moves, second, 1.0)), 3.0) - 3
    freedom = 4 + 6 / np.maximum(kurtosis, _LEAST_KURTOSIS)
    scale = deviation * np.sqrt((freedom - 2) / freedom)
    quantile = stats.t.ppf(tail_frac, freedom)
    density = stats.t.pdf(quantile, freedom)
    shortfall = density / tail_frac * (freedom + np.square(quantile)) / (freedom - 1)
    return -(mean + scale * quantile), -mean + scale * shortfall


def _filtered(pasts: FloatArray, tail_frac: float) -> _Tails:
    squares = np.square(pasts)
    start = squares.mean(axis=1, keepdims=True)
    # variance[i] is known before return i: decay x variance[i-1] + (1 - decay) x square[i-1]
    variance, _ = signal.lfilter([1 - _DECAY], [1, -_DECAY], squares, axis=1, zi=_DECAY * start)
    before = np.concatenate((start, variance[:, :-1]), axis=1)
    known = before > 0
    scale = np.sqrt(variance[:, -1:] / np.where(known, before, 1.0))
    return _historical(np.where(known, pasts * scale, 0.0), tail_frac)


_ESTIMATORS: dict[TailMethod, Callable[[FloatArray, float], _Tails]] = {
    TailMethod.HISTORICAL: _historical,
    TailMethod.PARAMETRIC: _parametric,
    TailMethod.FILTERED: _filtered,
}
