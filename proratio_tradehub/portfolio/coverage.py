"""Does a value at risk keep its promise? Tests of the forecasts against what came. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy
from scipy.stats import chi2

from proratio_tradehub.portfolio.value_at_risk import Forecasts

__all__ = ["Coverage", "coverage_of", "independence_p", "unconditional_p"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often, and how, losses exceeded their value at risk.

    Parameters
    ----------
    forecasts
        How many were made.
    exceeded
        On how many candles more was lost.
    expected
        On how many the confidence allows it.
    unconditional_p
        Probability of a count at least this far off if the forecast were right (Kupiec).
    independence_p
        The same for exceedances that follow one another (Christoffersen); None without any.
    shortfall_ratio
        Mean loss in the exceeded cases over the mean forecast for them: 1 is right, more means
        the tail is heavier than forecast. None without an exceedance.
    """

    forecasts: int
    exceeded: int
    expected: float
    unconditional_p: float
    independence_p: float | None
    shortfall_ratio: float | None

    @property
    def exceeded_frac(self) -> float:
        """Part of the candles on which more was lost, 0 to 1."""
        return self.exceeded / self.forecasts


def coverage_of(forecasts: Forecasts) -> Coverage:
    """Return how the forecasts did."""
    hit = forecasts.realised_frac < -forecasts.var_frac
    tail = 1 - forecasts.confidence_frac
    exceeded = int(hit.sum())
    ratio = None
    if exceeded:
        expected_loss = float(forecasts.cvar_frac[hit].mean())
        ratio = -float(forecasts.realised_frac[hit].mean()) / expected_loss
    return Coverage(
        forecasts=len(hit),
        exceeded=exceeded,
        expected=len(hit) * tail,
        unconditional_p=unconditional_p(exceeded, len(hit), tail_frac=tail),
        independence_p=independence_p(hit),
        shortfall_ratio=ratio,
    )


def unconditional_p(exceeded: int, forecasts: int, *, tail_frac: float) -> float:
    """Return the p-value of a count of exceedances, if each came with probability `tail_frac`.

    Source: Kupiec, "Techniques for verifying the accuracy of risk measurement models", Journal of
    Derivatives 3(2), 1995: the proportion-of-failures likelihood ratio, chi-squared with 1 degree.

    Examples
    --------
    >>> round(unconditional_p(7, 255, tail_frac=0.01), 3)
    0.025
    """
    seen = exceeded / forecasts
    ratio = 2 * (
        _log_likelihood(seen, exceeded, forecasts) - _log_likelihood(tail_frac, exceeded, forecasts)
    )
    return float(chi2.sf(max(ratio, 0.0), 1))


def independence_p(hit: npt.NDArray[np.bool_]) -> float | None:
    """Return the p-value of exceedances in a row, if each came regardless of the one before.

    Source: Christoffersen, "Evaluating interval forecasts", International Economic Review 39(4),
    1998: a first-order Markov chain against independence, chi-squared with 1 degree of freedom.

    Parameters
    ----------
    hit
        Whether each candle's loss exceeded its forecast, in order, shape (n,).
    """
    before, after = hit[:-1], hit[1:]
    if not before.any() or before.all():
        return None
    after_calm, after_hit = after[~before], after[before]
    free = sum(
        _log_likelihood(float(part.mean()), int(part.sum()), len(part))
        for part in (after_calm, after_hit)
    )
    tied = _log_likelihood(float(after.mean()), int(after.sum()), len(after))
    return float(chi2.sf(max(2 * (free - tied), 0.0), 1))


def _log_likelihood(probability: float, exceeded: int, forecasts: int) -> float:
    return float(xlogy(exceeded, probability) + xlogy(forecasts - exceeded, 1 - probability))
