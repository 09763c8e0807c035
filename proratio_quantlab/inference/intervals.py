"""Confidence intervals of a run's figures, by the stationary bootstrap. Pure.

Percentile intervals: what 95% of 10,000 resampled pasts would have shown. They say how far another
past of the same market would have led, not what a different market will do.

Source: Efron & Tibshirani, "An introduction to the bootstrap", 1993, chapters 13 and 16; Ledoit &
Wolf, "Robust performance hypothesis testing with the Sharpe ratio", Journal of Empirical Finance
15(5), 2008, on resampling blocks for ratios.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError
from proratio_quantlab.inference.bootstrap import (
    RESAMPLES,
    Resampler,
    block_length,
    block_length_of_ratios,
)
from proratio_quantlab.ratios import DAYS_A_YEAR, FLAT_FRAC, sharpe_ratio, sortino_ratio

__all__ = [
    "FEWEST_OBSERVATIONS",
    "Interval",
    "drawdown_interval",
    "largest_drawdowns",
    "mean_interval",
    "sharpe_difference_interval",
    "sharpe_interval",
    "sortino_interval",
]

FEWEST_OBSERVATIONS: Final = 20
"""Fewer say nothing worth an interval."""

_MOST_UNDEFINED_FRAC: Final = 0.01
"""Where more resamples than this define no figure, its interval would be one of the others."""

_ROUNDING_FRAC: Final = 1e-6

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its confidence interval, in the figure's unit.

    Parameters
    ----------
    value
        The figure, as measured.
    low, high
        Borders of the interval.
    standard_error
        Standard deviation of the figure over the resamples.
    p_value
        How often chance alone would lead as far from zero, to either side, 0 to 1.
    observations
        How many values it rests on.
    """

    value: float
    low: float
    high: float
    standard_error: float
    p_value: float
    observations: int

    @property
    def includes_zero(self) -> bool:
        """Whether the data is compatible with a figure of zero."""
        return self.low <= 0 <= self.high


def mean_interval(
    values: _Floats, *, confidence_frac: float = 0.95, resamples: int = RESAMPLES
) -> Interval | None:
    """Return the mean of a series in time with its interval.

    Parameters
    ----------
    values
        Equally spaced observations, oldest first, shape (n,), finite.
    confidence_frac
        Probability that the interval covers the true mean, between 0 and 1.
    resamples
        How many pasts are drawn.

    Returns
    -------
    Interval | None
        None for fewer than 20 observations.

    Raises
    ------
    DataError
        An observation is NaN or infinite, or the confidence lies outside its range.

    Examples
    --------
    >>> mean_interval(np.tile([1.0, -1.0], 50)).includes_zero
    True
    """
    _check(values, confidence_frac)
    if len(values) < FEWEST_OBSERVATIONS:
        return None
    drawn = Resampler(len(values), block_length(values), resamples).totals(values[None])[0]
    return _interval(
        float(values.mean()),
        drawn / len(values),
        observations=len(values),
        confidence_frac=confidence_frac,
    )


def sharpe_interval(
    returns: _Floats,
    *,
    periods: float = DAYS_A_YEAR,
    confidence_frac: float = 0.95,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Return `ratios.sharpe_ratio` with its interval.

    Parameters
    ----------
    returns
        Simple, equally spaced, finite, oldest first, shape (n,).
    periods
        Returns a year.
    confidence_frac, resamples
        As for `mean_interval`.

    Returns
    -------
    Interval | None
        None for fewer than 20 returns and where the ratio is undefined, also in more than one
        resample of a hundred (a wallet that moved on a handful of days).

    Raises
    ------
    DataError
        As for `mean_interval`.
    """
    _check(returns, confidence_frac)
    value = sharpe_ratio(returns, periods=periods)
    count = len(returns)
    if value is None or count < FEWEST_OBSERVATIONS:
        return None
    centre = float(returns.mean())
    centred = returns - centre  # the variance must not lose its digits to the mean
    totals = _resampled(returns, resamples).totals(np.stack([centred, centred**2]))
    drawn = _drawn_sharpes(*totals, centre=centre, count=count) * math.sqrt(periods)
    return _interval(value, drawn, observations=count, confidence_frac=confidence_frac)


def sharpe_difference_interval(
    first: _Floats,
    second: _Floats,
    *,
    periods: float = DAYS_A_YEAR,
    confidence_frac: float = 0.95,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Return the Sharpe ratio of `first` less that of `second`, the same days drawn for both.

    Parameters
    ----------
    first, second
        Simple returns of the same days, finite, oldest first, shape (n,) each.
    periods, confidence_frac, resamples
        As for `sharpe_interval`.

    Returns
    -------
    Interval | None
        None as for `sharpe_interval`, for either.

    Raises
    ------
    DataError
        As for `mean_interval`, or the two differ in length.
    """
    if len(first) != len(second):
        raise DataError(f"{len(first)} and {len(second)} days cannot be paired")
    both = np.stack([first, second])
    _check(both, confidence_frac)
    ratios = [sharpe_ratio(returns, periods=periods) for returns in both]
    count = len(first)
    if ratios[0] is None or ratios[1] is None or count < FEWEST_OBSERVATIONS:
        return None
    block = max(block_length_of_ratios(returns) for returns in both)
    centres = both.mean(axis=1, keepdims=True)
    totals = Resampler(count, block, resamples).totals(
        np.concatenate([both - centres, (both - centres) ** 2])
    )
    drawn = [
        _drawn_sharpes(*totals[place::2], centre=float(centre), count=count) * math.sqrt(periods)
        for place, centre in enumerate(centres[:, 0])
    ]
    return _interval(
        ratios[0] - ratios[1],
        drawn[0] - drawn[1],
        observations=count,
        confidence_frac=confidence_frac,
    )


def sortino_interval(
    returns: _Floats,
    *,
    periods: float = DAYS_A_YEAR,
    confidence_frac: float = 0.95,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Return `ratios.sortino_ratio` with its interval; everything else as for `sharpe_interval`.

    Raises
    ------
    DataError
        As for `mean_interval`.
    """
    _check(returns, confidence_frac)
    value = sortino_ratio(returns, periods=periods)
    count = len(returns)
    if value is None or count < FEWEST_OBSERVATIONS:
        return None
    columns = np.stack([returns, np.minimum(returns, 0) ** 2])
    total, squares = _resampled(returns, resamples).totals(columns)
    drawn = _divided(total / count, np.sqrt(np.maximum(squares, 0) / count)) * math.sqrt(periods)
    return _interval(value, drawn, observations=count, confidence_frac=confidence_frac)


def drawdown_interval(
    returns: _Floats, *, confidence_frac: float = 0.95, resamples: int = RESAMPLES
) -> Interval | None:
    """Return the largest drawdown of the daily closing wallet, 0 to 1, with its interval.

    Parameters
    ----------
    returns
        Simple, equally spaced, finite, oldest first, shape (n,).
    confidence_frac, resamples
        As for `mean_interval`.

    Returns
    -------
    Interval | None
        None for fewer than 20 returns. Its p-value says nothing: no drawdown is below zero.

    Raises
    ------
    DataError
        As for `mean_interval`.
    """
    _check(returns, confidence_frac)
    count = len(returns)
    if count < FEWEST_OBSERVATIONS:
        return None
    growth = 1 + returns
    drawn = [largest_drawdowns(growth[p]) for p in _resampled(returns, resamples).positions()]
    value = float(largest_drawdowns(growth[None])[0])
    return _interval(
        value, np.concatenate(drawn), observations=count, confidence_frac=confidence_frac
    )


def largest_drawdowns(growth: _Floats) -> _Floats:
    """Return the largest drawdown, 0 to 1, of each row of daily growth factors, shape (m, n)."""
    wallet = np.cumprod(growth, axis=1)
    high = np.maximum(np.maximum.accumulate(wallet, axis=1), 1.0)
    drawdowns: _Floats = 1 - (wallet / high).min(axis=1)
    return drawdowns


def _resampled(returns: _Floats, resamples: int) -> Resampler:
    return Resampler(len(returns), block_length_of_ratios(returns), resamples)


def _check(values: _Floats, confidence_frac: float) -> None:
    if not np.isfinite(values).all():
        raise DataError(
            "an observation is NaN or infinite; leave it out, or repair what it was computed from"
        )
    if not 0 < confidence_frac < 1:
        raise DataError(f"a confidence lies between 0 and 1, not at {confidence_frac}")


def _drawn_sharpes(total: _Floats, squares: _Floats, *, centre: float, count: int) -> _Floats:
    """Return ratios from sums of centred returns and of their squares, a resample each."""
    mean = total / count
    variance = (squares - count * mean**2) / (count - 1)
    return _divided(mean + centre, np.sqrt(np.maximum(variance, 0)))


def _divided(numerator: _Floats, denominator: _Floats) -> _Floats:
    """Return the ratios, NaN where the denominator is nothing but rounding.

    Sums of squares are differences of running sums, exact to some 1e-15 of the largest: what comes
    to a millionth of the typical spread is a resample without any.
    """
    undefined = np.full(numerator.shape, np.nan)
    floor = max(_ROUNDING_FRAC * float(denominator.mean()), FLAT_FRAC)
    ratios: _Floats = np.divide(numerator, denominator, out=undefined, where=denominator >= floor)
    return ratios


def _interval(
    value: float, drawn: _Floats, *, observations: int, confidence_frac: float
) -> Interval | None:
    defined = drawn[np.isfinite(drawn)]
    if len(defined) < (1 - _MOST_UNDEFINED_FRAC) * len(drawn):
        return None
    tail = (1 - confidence_frac) / 2
    low, high = np.quantile(defined, (tail, 1 - tail))
    farther = int((np.abs(defined - value) >= abs(value)).sum())
    return Interval(
        value=value,
        low=float(low),
        high=float(high),
        standard_error=float(defined.std(ddof=1)),
        p_value=(1 + farther) / (1 + len(defined)),
        observations=observations,
    )
