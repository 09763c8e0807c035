"""Freqtrade's cleaning of candles, passed over where there is nothing to clean.

It groups every frame by date and resamples it, twice for each pair and candle: a third of the time
of a session. A frame whose dates already follow one another comes out as it went in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from proratio_core.candles.frame import OHLCV_COLUMNS
from proratio_core.values import Timeframe

__all__ = ["Cleaning", "fast_cleaning"]

Cleaning = Callable[..., pd.DataFrame]
_COLUMNS: Final = ["date", *OHLCV_COLUMNS]


def fast_cleaning(original: Cleaning) -> Cleaning:
    """Return `clean_ohlcv_dataframe` with a short way for clean frames; others take the long one.

    Parameters
    ----------
    original
        Freqtrade's own.
    """

    def clean(dataframe: pd.DataFrame, timeframe: str, pair: str, **how: Any) -> pd.DataFrame:
        if not _is_clean(dataframe, timeframe):
            return original(dataframe, timeframe, pair, **how)
        frame = dataframe.iloc[:-1] if how["drop_incomplete"] else dataframe
        return frame.reset_index(drop=True)

    return clean


def _is_clean(frame: pd.DataFrame, timeframe: str) -> bool:
    if len(frame) < 2 or list(frame.columns) != _COLUMNS:
        return False
    steps = np.diff(frame["date"].to_numpy("datetime64[ms]").astype(np.int64))
    if not (steps == Timeframe.parse(timeframe).ms).all():
        return False
    return bool(np.isfinite(frame[list(OHLCV_COLUMNS)].to_numpy()).all())
