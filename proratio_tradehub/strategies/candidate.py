"""What a strategy's columns say of the last candle that closed."""

from __future__ import annotations

from typing import Final

import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.values import Timeframe
from proratio_tradehub.journal import Candidate

__all__ = ["last_candidate"]

_ENTRIES: Final = ("enter_long", "enter_short")


def last_candidate(frame: pd.DataFrame, timeframe: Timeframe) -> Candidate | None:
    """Return the last candle as a candidate; None where nothing would be entered on it.

    Parameters
    ----------
    frame
        Candles with the columns of Freqtrade's entry signals.
    timeframe
        Length of a candle.
    """
    if frame.empty or not any(_marks(frame, name) for name in _ENTRIES):
        return None
    tag = frame["enter_tag"].iloc[-1] if "enter_tag" in frame else None
    close_ms = int(open_times_ms(frame)[-1]) + timeframe.ms
    close_price = float(frame["close"].iloc[-1])
    return Candidate(close_ms, close_price, tag if isinstance(tag, str) else None)


def _marks(frame: pd.DataFrame, column: str) -> bool:
    return column in frame and frame[column].iloc[-1] == 1
