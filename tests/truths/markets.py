"""Markets and strategies of which the truth is known, because they are made here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

DAILY_SPREAD = 0.03
"""Standard deviation of the random walk's daily returns, about that of Bitcoin."""

HOLDING_DAYS = 5
DAYS_A_YEAR = 365


def random_walk(generator: np.random.Generator, days: int) -> Floats:
    """Return daily returns without drift or memory, shape (days,)."""
    return generator.standard_normal(days) * DAILY_SPREAD


def random_strategies(
    generator: np.random.Generator, market: Floats, count: int, *, short: bool = True
) -> Floats:
    """Return the daily returns of strategies that toss coins, shape (days, count).

    Each is long or short (or flat, without `short`) and thinks again every fifth day on average.
    """
    shape = (len(market), count)
    first = generator.random(shape, dtype=np.float32) < 0.5
    again = generator.random(shape, dtype=np.float32) < 1 / HOLDING_DAYS
    again[0] = True
    last = np.maximum.accumulate(np.where(again, np.arange(len(market))[:, None], 0), axis=0)
    long = np.take_along_axis(first, last, axis=0)
    return market[:, None] * np.where(long, 1.0, -1.0 if short else 0.0)


def with_skill(returns: Floats, yearly_sharpe: float) -> Floats:
    """Return `returns` with a drift that gives the first strategy this true Sharpe ratio a year."""
    skilled = returns.copy()
    skilled[:, 0] += yearly_sharpe / DAYS_A_YEAR**0.5 * DAILY_SPREAD
    return skilled


def normal(generator: np.random.Generator, days: int) -> Floats:
    """Return independent normal values."""
    return generator.standard_normal(days)


def heavy_tailed(generator: np.random.Generator, days: int) -> Floats:
    """Return independent values with Student's t of 3 degrees of freedom, deviation 1."""
    return generator.standard_t(3, days) / 3**0.5


def clustered(generator: np.random.Generator, days: int) -> Floats:
    """Return a GARCH(1,1) path with deviation 1: calm weeks and wild weeks."""
    shocks, variance = generator.standard_normal(days), 1.0
    path = np.empty(days)
    for day, shock in enumerate(shocks):
        path[day] = shock * variance**0.5
        variance = 0.05 + 0.15 * path[day] ** 2 + 0.8 * variance
    return path


def skewed(generator: np.random.Generator, days: int) -> Floats:
    """Return many small gains and rare large losses, mean 0, deviation 1."""
    return 1 - generator.standard_exponential(days)


def remembering(generator: np.random.Generator, days: int) -> Floats:
    """Return values of which each holds a fifth of the shock before it, deviation 1."""
    shocks = generator.standard_normal(days + 1)
    return (shocks[1:] + 0.2 * shocks[:-1]) / 1.04**0.5
