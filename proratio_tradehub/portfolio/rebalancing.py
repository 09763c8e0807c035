"""What an allocation would have earned: rebalanced on the past only, judged on what came. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proratio_core.errors import DataError
from proratio_tradehub.portfolio.allocation import Limits, allocate
from proratio_tradehub.portfolio.method import Method
from proratio_tradehub.portfolio.returns import FloatArray, Returns

__all__ = ["OutOfSample", "Schedule", "rebalanced"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When weights are chosen anew, and what a change costs.

    Parameters
    ----------
    window
        How many returns before a date the method may look at.
    every
        How many candles the weights are kept, drifting with the prices.
    cost_frac
        Fee and slippage of one side, as a fraction of what changes hands.
    """

    window: int
    every: int
    cost_frac: float

    def __post_init__(self) -> None:
        if self.window < 2 or self.every < 1:
            raise DataError(
                f"a window of {self.window} and a step of {self.every} candles do not fit; at "
                "least 2 and 1"
            )
        if not 0 <= self.cost_frac < 1:
            raise DataError(f"a cost of {self.cost_frac} a side is not from 0 up to 1, e.g. 0.002")


@dataclass(frozen=True)
class OutOfSample:
    """A method's record.

    Parameters
    ----------
    method
        Which.
    returns_frac
        Of the whole capital, cost included, candle by candle, shape (n,); it starts after the
        first window.
    turnover_frac
        What changed hands at each rebalancing after the first, mean, 0 to 1; None with only one.
    rebalancings, failures
        How often weights were chosen, and how often none were found, so that nothing moved.
    """

    method: Method
    returns_frac: FloatArray
    turnover_frac: float | None
    rebalancings: int
    failures: int


def rebalanced(
    returns: Returns, method: Method, schedule: Schedule, *, limits: Limits | None = None
) -> OutOfSample:
    """Return what `method` would have earned after the first window.

    Weights chosen at a candle's close come from the returns up to that close, and earn from the
    next candle on. The first purchase is not under the turnover limit.

    Raises
    ------
    DataError
        The returns do not outlast the window, or the limits are unusable.
    """
    if len(returns) <= schedule.window:
        raise DataError(
            f"{len(returns)} returns do not outlast a window of {schedule.window}; choose a longer "
            "time range or a shorter window"
        )
    limits = limits or Limits()
    earned: list[float] = []
    turnovers: list[float] = []
    held = np.zeros(len(returns.assets))
    failures = 0
    for start in range(schedule.window, len(returns), schedule.every):
        allocation = allocate(
            returns.rows(start - schedule.window, start),
            method,
            limits=limits if turnovers else Limits(limits.max_weight_frac),
            previous=dict(zip(returns.assets, held.tolist(), strict=True)),
        )
        failures += allocation.failure is not None
        target = np.array([allocation.weights[asset] for asset in returns.assets])
        cost = schedule.cost_frac * float(np.abs(target - held).sum())
        turnovers.append(allocation.turnover_frac)
        ahead = returns.values[start : start + schedule.every]
        path, held = _held_through(target, ahead)
        path[0] = (1 + path[0]) * (1 - cost) - 1
        earned += path.tolist()
    later = turnovers[1:]
    return OutOfSample(
        method,
        np.array(earned),
        float(np.mean(later)) if later else None,
        len(turnovers),
        failures,
    )


def _held_through(weights: FloatArray, ahead: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the capital's returns while nothing is traded, and the weights it ends with."""
    grown = weights * np.cumprod(1 + ahead, axis=0)
    value = grown.sum(axis=1) + (1 - weights.sum())
    before = np.concatenate(([1.0], value[:-1]))
    return value / before - 1, grown[-1] / value[-1]
