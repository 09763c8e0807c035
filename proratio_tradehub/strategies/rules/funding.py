"""Funding rates beside candles: what was settled before each candle closed, and nothing later."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.values import Timeframe
from proratio_tradehub.strategies.rules.base import Rule

__all__ = ["reads_funding", "with_funding"]

_LONGEST_MS: Final = 8 * 3_600_000
"""No perpetual market settles funding less often; an older rate says nothing about now."""


def reads_funding(rule: Rule) -> bool:
    """Return whether a rule needs the column `funding_rate`, which it says by an attribute."""
    return bool(getattr(rule, "reads_funding", False))


def with_funding(frame: pd.DataFrame, funding: pd.DataFrame, timeframe: Timeframe) -> pd.DataFrame:
    """Return the frame with a column `funding_rate`.

    Parameters
    ----------
    frame
        A candle frame.
    funding
        Columns `date` (time of a settlement, ascending) and `funding_rate` (fraction of the
        position that longs paid to shorts, negative when shorts paid).
    timeframe
        Length of a candle.

    Returns
    -------
    pandas.DataFrame
        At each candle the rate of the last settlement before its close; NaN where that is more
        than eight hours and a candle ago. A settlement at the very moment of the close belongs to
        the next candle: whoever decides there may not have seen it.
    """
    closes = open_times_ms(frame) + timeframe.ms
    if funding.empty:
        return frame.assign(funding_rate=np.nan)
    settled = open_times_ms(funding)
    last = np.searchsorted(settled, closes, side="left") - 1
    known = (last >= 0) & (closes - settled[last] <= _LONGEST_MS + timeframe.ms)
    rates = funding["funding_rate"].to_numpy(np.float64)[last]
    return frame.assign(funding_rate=np.where(known, rates, np.nan))
