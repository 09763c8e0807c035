"""What a series of returns is worth, one figure a function. Pure.

Returns are simple, equally spaced, finite, oldest first, shape (n,). A figure the data does not
define (a ratio without a loss, a mean of nothing) is None, never NaN or infinite.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = [
    "DAYS_A_YEAR",
    "FLAT_FRAC",
    "calmar_ratio",
    "conditional_value_at_risk",
    "is_flat",
    "omega_ratio",
    "sharpe_ratio",
    "sortino_ratio",
    "tail_ratio",
    "value_at_risk",
]

DAYS_A_YEAR: Final = 365
"""Crypto markets never close, so a year has 365 daily returns, not 252."""

FLAT_FRAC: Final = 1e-12
"""Spread of returns below which they are all the same number but for rounding."""

_TAIL_FRAC: Final = 0.05

_Floats = npt.NDArray[np.float64]


def is_flat(spread_frac: float) -> bool:
    """Return whether returns of this spread are all the same number but for rounding."""
    return spread_frac < FLAT_FRAC


def sharpe_ratio(returns: _Floats, *, periods: float = DAYS_A_YEAR) -> float | None:
    """Return mean over standard deviation (ddof=1), times sqrt(periods).

    Parameters
    ----------
    returns
        As above; the riskless rate is taken as zero.
    periods
        Returns a year; 1 leaves the ratio per observation.

    Source: Sharpe, "The Sharpe ratio", Journal of Portfolio Management 21(1), 1994, the ex-post
    form.
    """
    if len(returns) < 2:
        return None
    spread = float(returns.std(ddof=1))
    return None if is_flat(spread) else float(returns.mean()) / spread * math.sqrt(periods)


def sortino_ratio(returns: _Floats, *, periods: float = DAYS_A_YEAR) -> float | None:
    """Return mean over downside deviation about zero, over all returns, times sqrt(periods).

    Source: Sortino & Price, "Performance measurement in a downside risk framework", Journal of
    Investing 3(3), 1994: the second lower partial moment divides by every observation.
    """
    if len(returns) < 2:
        return None
    downside = float(np.sqrt(np.square(np.minimum(returns, 0)).mean()))
    return None if is_flat(downside) else float(returns.mean()) / downside * math.sqrt(periods)


def calmar_ratio(growth: float, *, days: int, max_drawdown_frac: float) -> float | None:
    """Return annual compound growth over the largest drawdown.

    Parameters
    ----------
    growth
        Final over starting wallet.
    days
        Length of the run, at least 1.
    max_drawdown_frac
        Largest drawdown, 0 to 1.

    Source: Young, "Calmar ratio: a smoother tool", Futures 20(1), 1991, over the whole run
    instead of 36 months.
    """
    if is_flat(max_drawdown_frac):
        return None
    try:
        yearly = math.pow(max(growth, 0.0), DAYS_A_YEAR / days) - 1
    except OverflowError:  # a large gain in a few days has no yearly figure
        return None
    return yearly / max_drawdown_frac


def omega_ratio(returns: _Floats) -> float | None:
    """Return the sum of gains over the sum of losses, both about zero.

    Source: Keating & Shadwick, "A universal performance measure", Journal of Performance
    Measurement 6(3), 2002, with a threshold of zero.
    """
    lost = -float(np.minimum(returns, 0).sum())
    return None if is_flat(lost) else float(np.maximum(returns, 0).sum()) / lost


def tail_ratio(returns: _Floats) -> float | None:
    """Return the 95th percentile over the size of the 5th: above 1, large gains beat large losses.

    None unless the 5th percentile is a loss and there are 20 returns, so that a tail holds one.

    Source: empyrical's `tail_ratio`, with linear interpolation (Hyndman & Fan, "Sample quantiles
    in statistical packages", American Statistician 50(4), 1996, type 7).
    """
    if not _tail_is_measured(returns):
        return None
    low, high = np.quantile(returns, (_TAIL_FRAC, 1 - _TAIL_FRAC))
    return None if low > -FLAT_FRAC else max(float(high), 0.0) / -float(low)


def value_at_risk(returns: _Floats) -> float | None:
    """Return the loss that 5% of the returns exceed at most; negative when even that is a gain.

    None for fewer than 20 returns: the tail would hold less than one of them.

    Source: Rockafellar & Uryasev, "Conditional value-at-risk for general loss distributions",
    Journal of Banking & Finance 26(7), 2002; the empirical distribution, nothing assumed.
    """
    if not _tail_is_measured(returns):
        return None
    whole = math.floor(_tail_size(returns))
    return -float(np.partition(returns, whole)[whole])


def conditional_value_at_risk(returns: _Floats) -> float | None:
    """Return the mean loss of the worst 5% of the returns, the one on the border in part.

    None for fewer than 20 returns.

    Source: as `value_at_risk`; also known as expected shortfall.
    """
    if not _tail_is_measured(returns):
        return None
    size = _tail_size(returns)
    whole = math.floor(size)
    worst = np.sort(returns)[: whole + 1]
    return -float(worst[:whole].sum() + (size - whole) * worst[whole]) / size


def _tail_size(returns: _Floats) -> float:
    """Return how many returns 5% are; rounding must not move a whole number across its border."""
    return round(_TAIL_FRAC * len(returns), 9)


def _tail_is_measured(returns: _Floats) -> bool:
    return _tail_size(returns) >= 1
