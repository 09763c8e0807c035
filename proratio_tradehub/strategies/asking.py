"""What a trading strategy sends to the panel: the window of candles it saw itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.clock import from_ms
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey
from proratio_signals.derivatives import DerivativesHistory
from proratio_signals.facts import Candles
from proratio_signals.queue import Inquiry
from proratio_signals.snapshot import take_snapshot

__all__ = ["inquiry_about_last"]


def inquiry_about_last(
    frame: pd.DataFrame,
    key: SeriesKey,
    *,
    valid_for: timedelta,
    now: datetime,
    derivatives: DerivativesHistory | None = None,
) -> Inquiry | None:
    """Return the question about the last candle of `frame`; None when it is too late to ask.

    Parameters
    ----------
    frame
        What Freqtrade handed to the strategy; further columns are not looked at.
    key
        The series it is of.
    valid_for
        How long after the candle's close an entry is possible.
    now
        The time it is.
    derivatives
        Funding and open interest, for a panel that is shown them.

    Raises
    ------
    DataError
        The candle has not closed yet by this machine's clock, the window is too short, or a candle
        in it was made up by Freqtrade: there is no signal across a gap.
    """
    as_of = from_ms(int(open_times_ms(frame)[-1]) + key.timeframe.ms)
    if now >= as_of + valid_for:
        return None
    if now < as_of:
        raise DataError(
            f"{key}: the last candle closes at {as_of:%Y-%m-%d %H:%M:%S %Z}, this machine's clock "
            f"says {now:%H:%M:%S}; synchronise it (NTP)"
        )
    snapshot = take_snapshot(frame, key, as_of, derivatives=derivatives)
    filled = _looks_filled(snapshot.candles)
    if filled.any():
        raise DataError(
            f"{key}: {int(filled.sum())} candles of the window have no trade and stand still, as "
            "Freqtrade fills gaps; there is no signal across a gap"
        )
    return Inquiry(snapshot, as_of + valid_for)


def _looks_filled(candles: Candles) -> npt.NDArray[np.bool_]:
    """Return which candles look like Freqtrade's filling: nothing traded, the last close repeated.

    An exchange prints the same when nobody traded; too thin a market for a signal either way.
    """
    still: npt.NDArray[np.bool_] = (candles.high == candles.low) & (candles.volume == 0)
    still[1:] &= candles.close[1:] == candles.close[:-1]
    return still
