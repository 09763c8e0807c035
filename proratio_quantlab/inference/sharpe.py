"""How sure a Sharpe ratio is, and what is left of it after everything else that was tried. Pure.

Every ratio here is *per observation* (a day, for daily returns), never annualised: the formulae
count observations. `annualised / sqrt(365)` is the daily ratio of a wallet that never sleeps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError
from proratio_quantlab.ratios import is_flat, sharpe_ratio

__all__ = [
    "SharpeEstimate",
    "Trials",
    "best_of_many_p_value",
    "deflated_sharpe",
    "expected_max_sharpe",
    "minimum_track_record",
    "probabilistic_sharpe",
]

_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class SharpeEstimate:
    """A Sharpe ratio with what decides its error.

    Parameters
    ----------
    sharpe
        Mean over standard deviation (ddof=1) of the returns, per observation.
    observations
        How many returns, at least 2.
    skew, kurtosis
        Third and fourth standardised moments (ddof=0); a normal distribution has 0 and 3.
    """

    sharpe: float
    observations: int
    skew: float = 0.0
    kurtosis: float = 3.0

    def __post_init__(self) -> None:
        if self.observations < 2:
            raise DataError(f"a Sharpe ratio needs at least 2 returns, not {self.observations}")
        if not all(map(math.isfinite, (self.sharpe, self.skew, self.kurtosis))):
            raise DataError(f"a Sharpe ratio and its moments must be finite: {self}")

    @classmethod
    def of(cls, returns: npt.NDArray[np.float64]) -> SharpeEstimate | None:
        """Return the estimate from returns of shape (n,); None where they do not define one.

        Fewer than two returns, or returns that are all the same, define no ratio.

        Raises
        ------
        DataError
            A return is NaN or infinite.
        """
        if not np.isfinite(returns).all():
            raise DataError(
                "a return is NaN or infinite; leave days without a value out, or repair the equity"
            )
        sharpe = sharpe_ratio(returns, periods=1)
        if sharpe is None:
            return None
        standardised = (returns - returns.mean()) / returns.std()
        return cls(
            sharpe=sharpe,
            observations=len(returns),
            skew=float((standardised**3).mean()),
            kurtosis=float((standardised**4).mean()),
        )

    @property
    def variance_factor(self) -> float:
        """The estimate's variance times (observations - 1): 1 for normal returns without drift.

        Never negative, since kurtosis >= skew^2 + 1 for every distribution.

        Source: Mertens, "Comments on variance of the IID estimator in Lo (2002)", 2002.
        """
        return max(
            1 - self.skew * self.sharpe + (self.kurtosis - 1) / 4 * self.sharpe**2,
            0.0,
        )

    @property
    def standard_error(self) -> float:
        """How far the estimate lies from the truth, typically, if days were independent."""
        return math.sqrt(self.variance_factor / (self.observations - 1))


@dataclass(frozen=True, slots=True)
class Trials:
    """Everything that was tried before one was picked.

    Parameters
    ----------
    count
        How many, at least 1. A fraction is allowed: trials that resemble each other count for less
        (see `resembling`).
    deviation
        Standard deviation (ddof=1) of their Sharpe ratios, per observation; 0 for a single one.
    """

    count: float
    deviation: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.count) and self.count >= 1):
            raise DataError(f"{self.count} trials: at least the one that is judged was tried")
        if not (math.isfinite(self.deviation) and self.deviation >= 0):
            raise DataError(f"a deviation of Sharpe ratios is 0 or more, not {self.deviation}")

    @classmethod
    def of(cls, sharpes: Sequence[float] | npt.NDArray[np.float64]) -> Trials:
        """Return the trials whose Sharpe ratios, per observation, these are.

        Raises
        ------
        DataError
            There is none, or one is NaN or infinite.
        """
        ratios = np.asarray(sharpes, np.float64)
        return cls(len(ratios), float(ratios.std(ddof=1)) if len(ratios) > 1 else 0.0)

    def resembling(self, correlation: float) -> Trials:
        """Return the same trials, counted as if independent.

        Parameters
        ----------
        correlation
            Mean correlation of the trials' returns, 0 to 1.

        Raises
        ------
        DataError
            It lies outside 0 to 1.

        Notes
        -----
        count' = correlation + (1 - correlation) * count. Source: Bailey & Lopez de Prado, "The
        deflated Sharpe ratio", Journal of Portfolio Management 40(5), 2014, appendix A.3.
        """
        if not 0 <= correlation <= 1:
            raise DataError(f"a mean correlation lies between 0 and 1, not at {correlation}")
        return Trials(correlation + (1 - correlation) * self.count, self.deviation)


def probabilistic_sharpe(estimate: SharpeEstimate, *, benchmark: float = 0.0) -> float | None:
    """Return the probability that the true Sharpe ratio exceeds `benchmark`, 0 to 1.

    Parameters
    ----------
    estimate
        What was measured.
    benchmark
        Ratio to beat, per observation.

    Returns
    -------
    float | None
        None where the estimate has no error to speak of (two values, half up and half down).

    Notes
    -----
    Source: Bailey & Lopez de Prado, "The Sharpe ratio efficient frontier", Journal of Risk 15(2),
    2012, equation 11. It takes days as independent: a strategy with memory is less sure than this.

    Examples
    --------
    >>> monthly = SharpeEstimate(0.458, 24, skew=-2.448, kurtosis=10.164)
    >>> round(probabilistic_sharpe(monthly), 3)
    0.913
    """
    if is_flat(estimate.standard_error):
        return None
    return _NORMAL.cdf((estimate.sharpe - benchmark) / estimate.standard_error)


def expected_max_sharpe(trials: Trials) -> float:
    """Return the Sharpe ratio, per observation, that the best of worthless trials is expected at.

    Notes
    -----
    Source: Bailey & Lopez de Prado, "The deflated Sharpe ratio", Journal of Portfolio Management
    40(5), 2014, equation 1, with a mean of zero: the trials have no skill. An approximation for
    independent normal ratios: 8% below the exact value at 2 trials, from 3 on at most 3% above it.

    Examples
    --------
    >>> round(expected_max_sharpe(Trials(100, (0.5 / 250) ** 0.5)), 4)
    0.1132
    """
    if trials.count == 1 or trials.deviation == 0:
        return 0.0
    common = _NORMAL.inv_cdf(1 - 1 / trials.count)
    rare = _NORMAL.inv_cdf(1 - 1 / (trials.count * math.e))
    gamma = float(np.euler_gamma)
    return trials.deviation * ((1 - gamma) * common + gamma * rare)


def deflated_sharpe(estimate: SharpeEstimate, trials: Trials) -> float | None:
    """Return the probability that the best of `trials` has a true Sharpe ratio above luck, 0 to 1.

    Parameters
    ----------
    estimate
        The one that was picked.
    trials
        Everything that was tried, it included.

    Returns
    -------
    float | None
        As `probabilistic_sharpe`, against the ratio luck alone would have reached.

    Notes
    -----
    Source: Bailey & Lopez de Prado, "The deflated Sharpe ratio", Journal of Portfolio Management
    40(5), 2014, equation 2. It knows only the trials it is told of.

    Examples
    --------
    >>> picked = SharpeEstimate(2.5 / 250**0.5, 1250, skew=-3, kurtosis=10)
    >>> round(deflated_sharpe(picked, Trials(100, (0.5 / 250) ** 0.5)), 4)
    0.9004
    """
    return probabilistic_sharpe(estimate, benchmark=expected_max_sharpe(trials))


def best_of_many_p_value(estimate: SharpeEstimate, trials: Trials) -> float | None:
    """Return how often the best of as many worthless trials looks this good, 0 to 1.

    Parameters
    ----------
    estimate
        The one that was picked: the best.
    trials
        Everything that was tried, it included.

    Returns
    -------
    float | None
        None as for `probabilistic_sharpe`.

    Notes
    -----
    1 - PSR(0)^count, exact for independent trials and too large for those that resemble each other.
    Unlike a deflated ratio below 0.95, which is rarer than one time in 20 by far where nothing is
    there, a p-value below 0.05 comes as often as it says. Sources: Sidak, "Rectangular confidence
    regions for the means of multivariate normal distributions", Journal of the American Statistical
    Association 62(318), 1967; Lopez de Prado & Lewis, "Detection of false investment strategies
    using unsupervised learning methods", Quantitative Finance 19(9), 2019.

    Examples
    --------
    >>> round(best_of_many_p_value(SharpeEstimate(0.1, 1001), Trials(100, 0.03)), 3)
    0.077
    """
    if is_flat(estimate.standard_error):
        return None
    alone = _NORMAL.cdf(-estimate.sharpe / estimate.standard_error)
    return 1.0 if alone == 1 else -math.expm1(trials.count * math.log1p(-alone))


def minimum_track_record(
    estimate: SharpeEstimate, *, benchmark: float = 0.0, confidence_frac: float = 0.95
) -> float | None:
    """Return how many observations make this ratio believable; None when none ever will.

    Parameters
    ----------
    estimate
        What was measured so far.
    benchmark
        Ratio to beat, per observation.
    confidence_frac
        Wanted probability that the true ratio exceeds the benchmark, 0.5 to 1.

    Returns
    -------
    float | None
        None where the measured ratio does not exceed the benchmark.

    Raises
    ------
    DataError
        The confidence lies outside its range.

    Notes
    -----
    Source: Bailey & Lopez de Prado, "The Sharpe ratio efficient frontier", Journal of Risk 15(2),
    2012, equation 13.

    Examples
    --------
    >>> daily = SharpeEstimate(2 / 250**0.5, 250)
    >>> round(minimum_track_record(daily, benchmark=1 / 250**0.5) / 250, 2)
    2.73
    """
    if not 0.5 <= confidence_frac < 1:
        raise DataError(f"a confidence lies between 0.5 and 1, not at {confidence_frac}")
    if estimate.sharpe <= benchmark:
        return None
    reach = _NORMAL.inv_cdf(confidence_frac) / (estimate.sharpe - benchmark)
    return 1 + estimate.variance_factor * reach**2
