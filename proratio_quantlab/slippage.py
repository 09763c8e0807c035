"""What an order moves the price by: more the larger it is, and the wilder and thinner the market.

The square-root law: on top of half the spread, an order of size Q pays about Y * sigma * sqrt(Q/V),
sigma the market's daily volatility and V its daily volume. Pure.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.values import Timeframe

__all__ = ["WINDOW_DAYS", "impact_scale"]

WINDOW_DAYS: Final = 30
"""How much of the past volatility and volume are estimated from."""

_FEWEST_CANDLES: Final = 24
_DAY_MINUTES: Final = 1440


def impact_scale(frame: pd.DataFrame, timeframe: Timeframe) -> npt.NDArray[np.float64]:
    """Return sigma / sqrt(V) as it was known after each number of candles, shape (n + 1,).

    Multiplied by Y and by the square root of an order's amount it is the order's slippage as a
    fraction of its price.

    Parameters
    ----------
    frame
        Candles, ascending, with `close` and `volume` (base currency).
    timeframe
        Their length.

    Returns
    -------
    numpy.ndarray
        Entry i is known once the first i candles have closed: it depends on rows before i only,
        on the last `WINDOW_DAYS` days of them and at least 24 returns. NaN before there are that
        many, and where nothing was traded.

    Notes
    -----
    Sources: Toth et al., "Anomalous price impact and the critical nature of liquidity in financial
    markets", Physical Review X 1, 021006, 2011 (Y of order one); Donier & Bonart, "A million
    metaorder analysis of market impact on the Bitcoin", Market Microstructure and Liquidity 1(2),
    2015 (it holds for bitcoin over four decades of size). It is the impact at the *end* of an
    order; an order filled bit by bit pays two thirds of it on average, so this charges too much
    rather than too little.

    Examples
    --------
    >>> frame = pd.DataFrame({"close": [100.0, 101.0] * 20, "volume": [1.0] * 40})
    >>> scale = impact_scale(frame, Timeframe.H1)
    >>> bool(np.isnan(scale[24])), round(float(scale[25]), 5)
    (True, 0.01016)
    """
    candles_a_day = _DAY_MINUTES // timeframe.minutes
    window = max(WINDOW_DAYS * candles_a_day, _FEWEST_CANDLES)
    returns = pd.Series(np.log(frame["close"].to_numpy(np.float64))).diff()
    volume = pd.Series(frame["volume"].to_numpy(np.float64))
    sigma = returns.rolling(window, _FEWEST_CANDLES).std(ddof=1) * candles_a_day**0.5
    daily = volume.rolling(window, _FEWEST_CANDLES).mean() * candles_a_day
    scale = sigma / np.sqrt(daily.where(daily > 0))
    return np.concatenate(([np.nan], scale.to_numpy(np.float64)))
