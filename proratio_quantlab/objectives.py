"""What a search looks for, as one number: the more, the better. Pure.

Every score is finite: what cannot be judged (too few trades, a flat wallet) is `WORST`, so that a
search turns away from it.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from proratio_quantlab.inference import SharpeEstimate, Trials, expected_max_sharpe

__all__ = ["WORST", "Objective", "constrained_score", "deflated_score", "score"]

WORST: Final = -1e5
"""The score of what cannot be judged."""

FEWEST_TRADES: Final = 5
"""With fewer trades nothing is judged."""

_DAYS_A_YEAR: Final = 365
_PENALTY: Final = 100.0
"""What each whole of excess drawdown costs: a Sharpe ratio of 1 for every 1% above the limit."""

_Floats = npt.NDArray[np.float64]


class Objective(StrEnum):
    """What is searched for."""

    SHARPE = "sharpe"
    DEFLATED = "deflated"
    CONSTRAINED = "constrained"
    PROFIT = "profit"


def score(
    daily: _Floats,
    trades: int,
    objective: Objective,
    *,
    trials: int = 1,
    drawdown_limit_frac: float = 0.10,
) -> float:
    """Return what a run is worth to a search.

    Parameters
    ----------
    daily
        The wallet's daily returns, shape (days,).
    trades
        How many trades it closed.
    objective
        What is searched for.
    trials
        How many the search will try; for `deflated`.
    drawdown_limit_frac
        The drawdown that is not to be exceeded; for `constrained`.
    """
    if trades < FEWEST_TRADES or not len(daily):
        return WORST
    match objective:
        case Objective.SHARPE:
            return _annual_sharpe(daily)
        case Objective.DEFLATED:
            return deflated_score(daily, trials=trials)
        case Objective.CONSTRAINED:
            return constrained_score(daily, limit_frac=drawdown_limit_frac)
        case Objective.PROFIT:
            return float(np.prod(1 + daily) - 1)


def deflated_score(daily: _Floats, *, trials: int) -> float:
    """Return how many standard errors the Sharpe ratio lies above what luck gives the best trial.

    The deflated Sharpe ratio is the normal distribution's probability of this number; the number
    itself still tells a bad run from a worse one where the probability is 0 for both.

    Parameters
    ----------
    daily
        Daily returns, shape (days,).
    trials
        How many are tried, at least 1. How far their ratios spread is not known while the search
        is under way; worthless ones spread by 1 / sqrt(days - 1), which is taken.

    Notes
    -----
    Source: Bailey & Lopez de Prado, "The deflated Sharpe ratio", Journal of Portfolio Management
    40(5), 2014.
    """
    estimate = SharpeEstimate.of(daily)
    if estimate is None or estimate.standard_error == 0.0:
        return WORST
    luck = expected_max_sharpe(Trials(trials, 1 / math.sqrt(estimate.observations - 1)))
    return max((estimate.sharpe - luck) / estimate.standard_error, WORST)


def constrained_score(daily: _Floats, *, limit_frac: float) -> float:
    """Return the annual Sharpe ratio, less 1 for every hundredth of drawdown above the limit.

    Parameters
    ----------
    daily
        Daily returns, shape (days,).
    limit_frac
        Largest drawdown that costs nothing, 0 to 1.
    """
    wallet = np.concatenate(([1.0], np.cumprod(1 + daily)))
    drawdown = float((1 - wallet / np.maximum.accumulate(wallet)).max())
    return max(_annual_sharpe(daily) - _PENALTY * max(drawdown - limit_frac, 0.0), WORST)


def _annual_sharpe(daily: _Floats) -> float:
    estimate = SharpeEstimate.of(daily)
    return WORST if estimate is None else estimate.sharpe * _DAYS_A_YEAR**0.5
