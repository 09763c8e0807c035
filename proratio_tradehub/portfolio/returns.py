"""Returns of several assets on the candles they share; what every allocation starts from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.candles.frame import open_times_ms
from proratio_core.errors import DataError

__all__ = ["FloatArray", "Returns", "aligned_returns"]

FloatArray = npt.NDArray[np.float64]

_FEWEST_ROWS = 30
"""Below this a covariance of a handful of assets is noise."""


@dataclass(frozen=True)
class Returns:
    """Simple returns of several assets over the same spans.

    Parameters
    ----------
    assets
        Their names, the columns of `values`.
    open_ms
        Open time of the candle over which each row was earned, ms since the epoch, shape (n,).
    values
        Close over the close before, minus one, shape (n, assets), finite.
    """

    assets: tuple[str, ...]
    open_ms: npt.NDArray[np.int64]
    values: FloatArray

    def __len__(self) -> int:
        return len(self.values)

    def rows(self, start: int, stop: int) -> Returns:
        """Return the rows `start` up to `stop`, without it; indices as in a slice."""
        return Returns(self.assets, self.open_ms[start:stop], self.values[start:stop])


def aligned_returns(frames: Mapping[str, pd.DataFrame]) -> Returns:
    """Return the returns of all assets over the candles that every one of them has.

    A candle that one asset lacks is left out for all; the next return then spans the gap.

    Parameters
    ----------
    frames
        Asset name -> candle frame.

    Raises
    ------
    DataError
        There is no asset, a close is not positive and finite, or fewer than 30 returns are shared.

    Examples
    --------
    >>> from proratio_core.candles.frame import make_frame
    >>> times = np.arange(40, dtype=np.int64) * 3_600_000
    >>> frame = make_frame(times, {"close": 1.01 ** np.arange(40.0)})
    >>> aligned_returns({"BTC": frame}).values[:2].round(6).tolist()
    [[0.01], [0.01]]
    """
    if not frames:
        raise DataError("an allocation needs at least one asset; name some, e.g. --pairs BTC/USDT")
    shared: npt.NDArray[np.int64] | None = None
    for frame in frames.values():
        times = open_times_ms(frame)
        shared = times if shared is None else np.intersect1d(shared, times, assume_unique=True)
    if shared is None or len(shared) <= _FEWEST_ROWS:
        raise DataError(
            f"{', '.join(frames)} share {0 if shared is None else len(shared)} candles; at least "
            f"{_FEWEST_ROWS + 1} are needed: choose a longer time range or other pairs"
        )
    closes = np.column_stack([_closes(name, frame, shared) for name, frame in frames.items()])
    return Returns(tuple(frames), shared[1:], closes[1:] / closes[:-1] - 1)


def _closes(name: str, frame: pd.DataFrame, shared: npt.NDArray[np.int64]) -> FloatArray:
    rows = np.searchsorted(open_times_ms(frame), shared)
    closes: FloatArray = frame["close"].to_numpy(np.float64)[rows]
    if not (np.isfinite(closes).all() and (closes > 0).all()):
        bad = closes[~(np.isfinite(closes) & (closes > 0))][0]
        raise DataError(
            f"{name} has a close of {bad}; prices are positive numbers: verify the data"
        )
    return closes
