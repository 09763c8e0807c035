"""The candle frame: the one shape in which candles travel through the program.

A pandas DataFrame in Freqtrade's own columns. Candles have `date, open, high, low, close, volume`;
funding rates have `date, funding_rate`. `date` is the candle's *open* time, `datetime64[ms, UTC]`;
every other column is float64 and finite. Rows are unique and ascending.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from proratio_core.values import SeriesKind

__all__ = [
    "DATE_DTYPE",
    "FUNDING_COLUMNS",
    "OHLCV_COLUMNS",
    "breach_of",
    "columns_of",
    "empty_frame",
    "make_frame",
    "open_times_ms",
]

OHLCV_COLUMNS: Final = ("open", "high", "low", "close", "volume")
FUNDING_COLUMNS: Final = ("funding_rate",)
DATE_DTYPE: Final = "datetime64[ms, UTC]"


def columns_of(kind: SeriesKind) -> tuple[str, ...]:
    """Return the value columns of a series of this kind, without `date`."""
    return FUNDING_COLUMNS if kind is SeriesKind.FUNDING else OHLCV_COLUMNS


def make_frame(
    open_times_ms: npt.NDArray[np.int64], values: dict[str, npt.NDArray[np.float64]]
) -> pd.DataFrame:
    """Return a candle frame.

    Parameters
    ----------
    open_times_ms
        Open times in milliseconds since the Unix epoch, shape (n,).
    values
        The value columns in their order, each of shape (n,).
    """
    date = pd.DatetimeIndex(open_times_ms.view("datetime64[ms]"), tz="UTC")
    return pd.DataFrame({"date": date, **values}, copy=False)


def empty_frame(kind: SeriesKind = SeriesKind.CANDLE) -> pd.DataFrame:
    """Return a candle frame without rows."""
    nothing = np.empty(0, np.float64)
    return make_frame(np.empty(0, np.int64), dict.fromkeys(columns_of(kind), nothing))


def breach_of(frame: pd.DataFrame, kind: SeriesKind) -> str | None:
    """Return how `frame` breaks the contract of this module; None when it is a candle frame."""
    expected = ("date", *columns_of(kind))
    if tuple(frame.columns) != expected:
        came = ", ".join(map(str, frame.columns)) or "none"
        return f"the columns are {came}; expected {', '.join(expected)}"
    types = {name: DATE_DTYPE if name == "date" else "float64" for name in expected}
    for name, wanted in types.items():
        if frame[name].dtype != wanted:
            return f"the column {name} is {frame[name].dtype}; expected {wanted}"
    if frame["date"].hasnans:
        return "a candle has no date; drop it"
    for name in columns_of(kind):
        if not np.isfinite(frame[name].to_numpy()).all():
            return f"the column {name} holds NaN or infinity; drop those candles"
    if not (np.diff(open_times_ms(frame)) > 0).all():
        return "open times are not unique and ascending; sort the rows and drop duplicates"
    return None


def open_times_ms(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the open times of a frame in milliseconds since the Unix epoch, shape (n,)."""
    dates: npt.NDArray[np.datetime64] = frame["date"].dt.as_unit("ms").to_numpy("datetime64[ms]")
    return dates.view(np.int64)
