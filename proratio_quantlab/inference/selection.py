"""What the best of many variants is worth, knowing that it was picked. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_core.errors import DataError
from proratio_quantlab.inference.overfitting import Overfitting, probability_of_overfitting
from proratio_quantlab.inference.sharpe import (
    SharpeEstimate,
    Trials,
    deflated_sharpe,
    expected_max_sharpe,
    probabilistic_sharpe,
)
from proratio_quantlab.inference.superiority import Superiority, superiority
from proratio_quantlab.ratios import DAYS_A_YEAR

__all__ = ["Selection", "judge_selection"]

_LEVEL: Final = 0.05

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Selection:
    """The best of some variants, and how much of it the picking explains.

    Parameters
    ----------
    best
        Name of the variant with the highest Sharpe ratio.
    sharpe, expected_by_luck
        Its ratio, and the one the best of as many worthless variants is expected at; annualised.
    deflated
        Probability that its true ratio is above that luck, 0 to 1; None where it is undefined.
    trials
        What was tried.
    overfitting
        What becomes of the best elsewhere.
    superiority
        Whether any variant beats holding nothing.
    alone, discovered
        How many variants would be called good at the 5% level if each had been the only one, and
        how many remain when at most 5% of them may be false.
    superior
        Names of those that remain when not a single one may be false, but for a chance of 5%.
    """

    best: str
    sharpe: float
    expected_by_luck: float
    deflated: float | None
    trials: Trials
    overfitting: Overfitting
    superiority: Superiority
    alone: int
    discovered: int
    superior: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """All of it in one sentence."""
        probability = 0.0 if self.deflated is None else self.deflated
        if probability > 1 - _LEVEL and self.superiority.spa < _LEVEL:
            return f"{self.best} is better than picking the best of {self.tried} explains."
        if self.alone:
            return (
                f"{self.alone} of {self.tried} look good alone; as many tries at nothing would "
                f"have led to a Sharpe ratio near {self.expected_by_luck:.2f}, and the best has "
                f"{self.sharpe:.2f}: no more than luck."
            )
        return f"None of {self.tried} looks good, not even alone."

    @property
    def tried(self) -> int:
        """How many variants there were."""
        return self.overfitting.variants


def judge_selection(names: Sequence[str], returns: _Floats, *, blocks: int = 16) -> Selection:
    """Judge the best of some variants by everything that was tried beside it.

    Parameters
    ----------
    names
        Of the variants, in the order of the columns.
    returns
        Daily returns of every variant on the same days, finite, shape (days, variants).
    blocks
        As for `probability_of_overfitting`.

    Raises
    ------
    DataError
        Names and columns differ in number, or there is too little to judge: see
        `probability_of_overfitting` and `superiority`.

    Notes
    -----
    `discovered` controls the false discovery rate: Benjamini & Yekutieli, "The control of the false
    discovery rate in multiple testing under dependency", Annals of Statistics 29(4), 2001.
    """
    if len(names) != returns.shape[1]:
        raise DataError(f"{len(names)} names for {returns.shape[1]} variants; each needs one")
    overfitting = probability_of_overfitting(returns, blocks=blocks)
    tested = superiority(returns)
    estimates = [SharpeEstimate.of(column) for column in returns.T]
    ratios = np.array([0.0 if each is None else each.sharpe for each in estimates])
    trials, best = Trials.of(ratios), int(ratios.argmax())
    luck = np.array([_p_value(each) for each in estimates])
    picked = estimates[best]
    yearly = math.sqrt(DAYS_A_YEAR)
    return Selection(
        best=names[best],
        sharpe=float(ratios[best]) * yearly,
        expected_by_luck=expected_max_sharpe(trials) * yearly,
        deflated=None if picked is None else deflated_sharpe(picked, trials),
        trials=trials,
        overfitting=overfitting,
        superiority=tested,
        alone=int((luck < _LEVEL).sum()),
        discovered=_discovered(luck),
        superior=tuple(names[place] for place in tested.superior),
    )


def _p_value(estimate: SharpeEstimate | None) -> float:
    """Return how often luck does as well, had it been the only try; 1 where nothing is defined."""
    probability = None if estimate is None else probabilistic_sharpe(estimate)
    return 1.0 if probability is None else 1 - probability


def _discovered(p_values: _Floats) -> int:
    from scipy.stats import false_discovery_control  # noqa: PLC0415  # 0.4 s

    adjusted = false_discovery_control(p_values, method="by")
    return int((adjusted < _LEVEL).sum())
