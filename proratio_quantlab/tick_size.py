"""The price tick of each month, read off the candles: Freqtrade's figure, two hundred times faster.

Freqtrade formats every price as text and counts its decimals, which takes nearly all the time of
loading a backtest's data. The decimals of a price are also the smallest d for which
rint(x * 10^d) / 10^d gives x back, and that numpy finds for a whole month at once. The two agree
on every price of at most 14 significant digits; a month with any other price is left to Freqtrade.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["tick_size_over_time"]

_SIGNIFICANT_DIGITS: Final = 14
_PRICES: Final = ["open", "high", "low", "close"]

TickSizes = Callable[[pd.DataFrame], "pd.Series[float]"]


def tick_size_over_time(frame: pd.DataFrame, *, exact: TickSizes) -> pd.Series[float]:
    """Return the tick size by month, equal to Freqtrade's `get_tick_size_over_time`.

    Parameters
    ----------
    frame
        Candles with `date` and prices, ascending.
    exact
        Freqtrade's own function, asked where this one cannot be sure. It adds columns to what it
        is given, so it is given a copy.

    Returns
    -------
    pandas.Series
        1 / 10^decimals, indexed by month start; NaN for a month without decimals or candles.
    """
    if frame.empty:
        return exact(frame.copy())
    months = frame["date"].dt.tz_localize(None).to_numpy().astype("datetime64[M]")
    first, last = months[0], months[-1]
    index = np.arange(first, last + 1)
    starts = np.searchsorted(months, index)
    prices = frame[_PRICES].to_numpy(np.float64)
    decimals = np.empty(len(index))
    for month, rows in enumerate(np.split(prices, starts[1:])):
        found = _decimals(rows.ravel())
        if found is None:
            return exact(frame.copy())
        decimals[month] = found if found else np.nan
    dates = pd.DatetimeIndex(index.astype("datetime64[ms]"), tz="UTC", name="date", freq="MS")
    return pd.Series(1 / 10**decimals, index=dates, name="max_count")


def _decimals(values: npt.NDArray[np.float64]) -> int | None:
    """Return the most decimals any value has; None when one has too many digits to be sure."""
    open_values = values[np.isfinite(values)]
    if len(open_values) < len(values) or (open_values < 0).any():
        return None
    for decimals in range(_SIGNIFICANT_DIGITS + 1):
        scale = 10.0**decimals
        scaled = np.rint(open_values * scale)
        unresolved = scaled / scale != open_values
        if (scaled[~unresolved] >= 10.0**_SIGNIFICANT_DIGITS).any():
            return None
        open_values = open_values[unresolved]
        if not len(open_values):
            return decimals
    return None
