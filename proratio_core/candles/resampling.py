"""Longer candles out of shorter ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from proratio_core.candles.frame import empty_frame, make_frame, open_times_ms
from proratio_core.errors import DataError
from proratio_core.values import Timeframe

__all__ = ["resample"]


def resample(
    frame: pd.DataFrame, source: Timeframe, target: Timeframe, *, complete_only: bool = True
) -> pd.DataFrame:
    """Return the candles of `target` that those of `source` make up.

    Parameters
    ----------
    frame
        A valid candle frame of the shorter timeframe.
    source, target
        Its timeframe, and the longer one wanted; a whole multiple.
    complete_only
        Leave out candles of which a part is missing (at both ends, and around gaps); False keeps
        what there is, as an exchange does with a candle in progress.

    Raises
    ------
    DataError
        `target` is not a whole multiple of `source`.
    """
    ratio, rest = divmod(target.ms, source.ms)
    if rest or ratio < 1:
        raise DataError(
            f"{target} candles cannot be made of {source} candles; the longer timeframe must be a "
            "whole multiple of the shorter"
        )
    if frame.empty:
        return empty_frame()
    times = open_times_ms(frame)
    bucket = times - times % target.ms
    starts = np.flatnonzero(np.concatenate(([True], np.diff(bucket) != 0)))
    ends = np.concatenate((starts[1:], [len(times)])) - 1
    column = {name: frame[name].to_numpy(np.float64) for name in frame.columns if name != "date"}
    kept = ends - starts + 1 == ratio if complete_only else np.ones(len(starts), bool)
    return make_frame(
        bucket[starts][kept],
        {
            "open": column["open"][starts][kept],
            "high": np.maximum.reduceat(column["high"], starts)[kept],
            "low": np.minimum.reduceat(column["low"], starts)[kept],
            "close": column["close"][ends][kept],
            "volume": np.add.reduceat(column["volume"], starts)[kept],
        },
    )
