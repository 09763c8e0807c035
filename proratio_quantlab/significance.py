"""How sure a mean is, when neighbouring observations resemble each other. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

__all__ = ["Interval", "mean_interval"]

_FEWEST_OBSERVATIONS = 20
"""Below this the normal approximation says nothing worth printing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its confidence interval, in the unit of the observations."""

    mean: float
    low: float
    high: float
    observations: int

    @property
    def includes_zero(self) -> bool:
        """Whether the data is compatible with a mean of zero."""
        return self.low <= 0 <= self.high


def mean_interval(
    values: npt.NDArray[np.float64], *, confidence_frac: float = 0.95
) -> Interval | None:
    """Return the mean of a series in time with a confidence interval that allows for memory.

    Parameters
    ----------
    values
        Equally spaced observations, oldest first, shape (n,), finite.
    confidence_frac
        Probability that the interval covers the true mean, between 0 and 1.

    Returns
    -------
    Interval | None
        None for fewer than 20 observations.

    Notes
    -----
    Source: Newey & West, "A simple, positive semi-definite, heteroskedasticity and autocorrelation
    consistent covariance matrix", Econometrica 55(3), 1987 (Bartlett weights), with the lag
    4 (n/100)^(2/9) of Newey & West, Review of Economic Studies 61(4), 1994. Normal quantiles.

    Examples
    --------
    >>> mean_interval(np.tile([1.0, -1.0], 50)).includes_zero
    True
    """
    count = len(values)
    if count < _FEWEST_OBSERVATIONS:
        return None
    mean = float(values.mean())
    centred = values - mean
    lags = math.floor(4 * (count / 100) ** (2 / 9))
    variance = float(centred @ centred)
    for lag in range(1, lags + 1):
        weight = 1 - lag / (lags + 1)
        variance += 2 * weight * float(centred[lag:] @ centred[:-lag])
    error = math.sqrt(max(variance, 0.0)) / count
    reach = NormalDist().inv_cdf((1 + confidence_frac) / 2) * error
    return Interval(mean, mean - reach, mean + reach, count)
