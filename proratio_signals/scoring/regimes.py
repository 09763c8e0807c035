"""What kind of market a candle stood in; one definition for votes and for strategies, pure.

Votes are judged from the facts of their own snapshot, strategies from the whole frame at once;
both read the same window of candles and come to the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_signals.snapshot import WINDOW_CANDLES

__all__ = ["REGIMES", "UNKNOWN", "is_quiet", "quiet_candles", "regime_of", "regimes_of"]

REGIMES: Final = ("rising", "falling", "ranging", "turbulent")
"""The names, by index: a bull trend, a bear trend, neither, and high volatility."""

UNKNOWN: Final = -1
"""In place of an index where the window is not complete."""

_STRAIGHT: Final = 0.25
"""Path efficiency over 48 candles above which the market is going somewhere."""
_TURBULENT: Final = 1.5
"""Volatility of the last day over that of the window above which nothing else matters."""
_QUIET: Final = 1 / _TURBULENT
"""The same ratio below which volatility is low; quiet markets still rise, fall or range."""

_DAY_CANDLES: Final = 24
_PATH_CANDLES: Final = 48
_RETURN_CANDLES: Final = 72


def regime_of(facts: Mapping[str, float]) -> int:
    """Return the index into `REGIMES` for the facts of a snapshot.

    Path efficiency is Kaufman's efficiency ratio ("Smarter Trading", 1995); the two borders are
    round numbers, chosen before any result was seen.

    Examples
    --------
    >>> calm = {"volatility_ratio": 1.0, "path_efficiency_48_frac": 0.4, "return_72_frac": -0.02}
    >>> REGIMES[regime_of(calm)]
    'falling'
    """
    if facts["volatility_ratio"] > _TURBULENT:
        return REGIMES.index("turbulent")
    if facts["path_efficiency_48_frac"] < _STRAIGHT:
        return REGIMES.index("ranging")
    return REGIMES.index("rising" if facts["return_72_frac"] >= 0 else "falling")


def is_quiet(facts: Mapping[str, float]) -> bool:
    """Return whether the last day moved less than two thirds as much as the window did."""
    return facts["volatility_ratio"] < _QUIET


def regimes_of(close: pd.Series[float]) -> npt.NDArray[np.int8]:
    """Return the index into `REGIMES` of every candle, as `regime_of` judges it.

    Row i depends on the `WINDOW_CANDLES` closes up to i only. Rows without a full window, and
    those whose window holds a NaN, are `UNKNOWN`.

    Parameters
    ----------
    close
        Closing prices above zero, oldest first, without gaps.

    Returns
    -------
    numpy.ndarray
        Shape (n,), int8.
    """
    volatility = _volatility_ratio(close)
    moved = close.diff(_PATH_CANDLES).abs()
    path = close.diff().abs().rolling(_PATH_CANDLES).sum()
    straight = (moved >= _STRAIGHT * path) & (path > 0)  # a still market ranges
    regimes = np.where(
        close >= close.shift(_RETURN_CANDLES), REGIMES.index("rising"), REGIMES.index("falling")
    )
    regimes[~straight.to_numpy()] = REGIMES.index("ranging")
    regimes[(volatility > _TURBULENT).to_numpy()] = REGIMES.index("turbulent")
    regimes[volatility.isna().to_numpy()] = UNKNOWN
    return regimes.astype(np.int8)


def quiet_candles(close: pd.Series[float]) -> npt.NDArray[np.bool_]:
    """Return where volatility was low, as `is_quiet` judges it; False without a full window."""
    return np.asarray(_volatility_ratio(close) < _QUIET, np.bool_)


def _volatility_ratio(close: pd.Series[float]) -> pd.Series[float]:
    """Return the last day's spread of log returns over the window's; NaN before it is full."""
    steps = pd.Series(np.log(close)).diff()
    window = steps.rolling(WINDOW_CANDLES - 1).std(ddof=0)
    ratio = steps.rolling(_DAY_CANDLES).std(ddof=0) / window
    return ratio.mask(window == 0, 1.0)
