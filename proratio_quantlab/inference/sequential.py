"""Comparing two running strategies day by day, looking as often as one likes. Pure.

An ordinary p-value is valid at one moment fixed beforehand. Who looks every day and stops at the
first good one finds something in most comparisons of nothing. The test here stays valid at every
moment at once: over the whole run, however often it is looked at, it errs at most as often as its
level says.

The likelihood ratio of Student's t statistic, mixed over effects of a stated size, is a martingale
when nothing is there; it exceeds 1/level with a probability of at most `level`, ever.

Sources: Robbins, "Statistical methods related to the law of the iterated logarithm", Annals of
Mathematical Statistics 41(5), 1970; Goenen, Johnson, Lu & Westfall, "The Bayesian two-sample t
test", American Statistician 59(3), 2005 (the ratio); Johari, Koomen, Pekelis & Walsh, "Always valid
inference", Operations Research 70(3), 2022 (p-values); Wang & Ramdas, "Anytime-valid t-tests and
confidence sequences for Gaussian means with unknown variance", Sequential Analysis 44(1), 2025.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError

__all__ = ["Decision", "SequentialTest", "StoppingRule", "always_valid_p_values"]

_Floats = npt.NDArray[np.float64]

_FEWEST_DAYS: Final = 2


class Decision(StrEnum):
    """What the rule says to do after the last day seen."""

    GO_ON = "go on"
    FIRST_IS_BETTER = "first is better"
    SECOND_IS_BETTER = "second is better"
    NO_DIFFERENCE_FOUND = "no difference found"


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """When the comparison ends, stated before it starts.

    Parameters
    ----------
    level
        How often two equal strategies may be called different, over the whole comparison, 0 to 1.
    effect
        Expected size of the difference: its mean over its standard deviation, a day. Valid at any
        value; quickest when right. 0.15 is a difference with a yearly Sharpe ratio of about 3.
    fewest_days, most_days
        Not before, so that a few odd days decide nothing; and not after.

    Raises
    ------
    DataError
        A value lies outside its range.
    """

    level: float = 0.05
    effect: float = 0.15
    fewest_days: int = 20
    most_days: int = 365

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise DataError(f"a level lies between 0 and 1, not at {self.level}")
        if not (math.isfinite(self.effect) and self.effect > 0):
            raise DataError(f"an expected effect is above 0, not {self.effect}")
        if not _FEWEST_DAYS <= self.fewest_days <= self.most_days:
            raise DataError(
                f"a comparison from {self.fewest_days} to {self.most_days} days: it takes at least "
                f"{_FEWEST_DAYS}, and the last day cannot come before the first"
            )


@dataclass(frozen=True, slots=True)
class SequentialTest:
    """Where a comparison stands.

    Parameters
    ----------
    decision
        What the rule says.
    days
        Days seen until the decision, or so far.
    mean
        Mean daily difference, first minus second.
    low, high
        It is inside, at this moment and all others at once, with a probability of 1 - level;
        infinite as long as nothing can be said.
    p_value
        Always valid: the smallest level at which the rule would have stopped by now.
    """

    decision: Decision
    days: int
    mean: float
    low: float
    high: float
    p_value: float

    @classmethod
    def of(cls, differences: _Floats, rule: StoppingRule) -> SequentialTest:
        """Return where the comparison stands; days after a decision are not looked at.

        Parameters
        ----------
        differences
            Daily return of the first less that of the second, oldest first, finite, shape (n,).
        rule
            Stated before the first of these days.

        Raises
        ------
        DataError
            There is no day yet, or a difference is no number.

        Notes
        -----
        Exact for independent normal differences; simulations in docs/statistics.md say what
        heavy tails and volatility in clusters change. A day on which neither traded counts as a
        difference of zero.
        """
        if not len(differences) or not np.isfinite(differences).all():
            raise DataError("a comparison needs at least one day, and each difference finite")
        seen = differences[: rule.most_days]
        p_values = always_valid_p_values(seen, rule)
        found = np.flatnonzero(p_values <= rule.level)
        days = int(found[0]) + 1 if len(found) else len(seen)
        mean, reach = float(seen[:days].mean()), _reach(seen[:days], rule)
        if len(found):
            decision = Decision.FIRST_IS_BETTER if mean > 0 else Decision.SECOND_IS_BETTER
        elif days == rule.most_days:
            decision = Decision.NO_DIFFERENCE_FOUND
        else:
            decision = Decision.GO_ON
        return cls(decision, days, mean, mean - reach, mean + reach, float(p_values[days - 1]))


def always_valid_p_values(differences: _Floats, rule: StoppingRule) -> _Floats:
    """Return the p-value after each day, shape (n,): it never rises."""
    days = np.arange(1, len(differences) + 1)
    mean = np.cumsum(differences) / days
    squares = np.cumsum(np.square(differences))
    spread = np.maximum(squares - days * mean**2, 0)
    effect = days * mean**2
    shrunk = 1 + days * rule.effect**2
    # t^2 / (n - 1) is effect / spread; written without the division, which may be by zero
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = -0.5 * np.log(shrunk) + days / 2 * (
            np.log(spread + effect) - np.log(spread + effect / shrunk)
        )
    silent = (days < rule.fewest_days) | ~np.isfinite(log_ratio)
    p_values = np.exp(-np.maximum(np.where(silent, 0.0, log_ratio), 0.0))
    valid: _Floats = np.minimum.accumulate(p_values)
    return valid


def _reach(differences: _Floats, rule: StoppingRule) -> float:
    """Return half the width of the confidence sequence: the ratio above, solved for the mean."""
    days = len(differences)
    shrunk = 1 + days * rule.effect**2
    growth = (math.sqrt(shrunk) / rule.level) ** (2 / days)
    if days < rule.fewest_days or growth >= shrunk:
        return math.inf
    ratio = (growth - 1) / (1 - growth / shrunk)
    return math.sqrt(ratio) * float(differences.std())
