"""A file of Freqtrade's data folder as a candle frame."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import feather

from proratio_core.candles.frame import FUNDING_COLUMNS, OHLCV_COLUMNS, make_frame
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey, SeriesKind

__all__ = ["read_freqtrade_feather"]

_SECOND_MS: Final = 1000
_EMPTY: Final = b""


def read_freqtrade_feather(path: Path, key: SeriesKey) -> pd.DataFrame:
    """Return what the file holds, in our columns; nothing is judged yet.

    Funding rates are read in Freqtrade's current layout (`date, funding_rate`) and in its older one
    (the rate in `open`); their times are floored to the second, as Freqtrade does.

    Raises
    ------
    DataError
        The file is not readable, lacks columns, or is marked SIMULATED but named real.
    """
    try:
        table = feather.read_table(path, memory_map=False)
    except (OSError, pa.ArrowException) as error:
        raise DataError(
            f"{path}: not a readable feather file ({_one_line(error)}); get it again from its "
            "source"
        ) from error
    metadata = table.schema.metadata or {}
    if metadata.get(b"proratio.simulated", _EMPTY) == b"true" and not key.is_simulated:
        raise DataError(
            f"{path}: the file is marked SIMULATED and must not become {key.exchange} data; "
            "import it with --exchange simulated"
        )
    columns = {name: name for name in OHLCV_COLUMNS}
    if key.kind is SeriesKind.FUNDING:
        (rate,) = FUNDING_COLUMNS
        columns = {rate: rate if rate in table.column_names else "open"}
    return _frame(path, table, columns, seconds=key.kind is SeriesKind.FUNDING)


def _frame(path: Path, table: pa.Table, columns: dict[str, str], *, seconds: bool) -> pd.DataFrame:
    missing = sorted({"date", *columns.values()} - set(table.column_names))
    if missing:
        raise DataError(
            f"{path}: the columns are {', '.join(table.column_names)}; expected "
            f"{', '.join(('date', *columns.values()))}: get the file again from its source"
        )
    date = table.column("date")
    if not (pa.types.is_timestamp(date.type) and date.type.tz == "UTC"):
        raise DataError(
            f"{path}: the column date is {date.type}; expected a timestamp in UTC: get the file "
            "again from its source"
        )
    try:
        times = date.cast(pa.timestamp("ms", "UTC")).cast(pa.int64()).to_numpy()
        values = {
            name: table.column(c).cast(pa.float64()).to_numpy() for name, c in columns.items()
        }
    except pa.ArrowException as error:
        raise DataError(
            f"{path}: a column is not what it should be ({_one_line(error)}); expected times in "
            "whole milliseconds and numbers: get the file again from its source"
        ) from error
    if date.null_count:
        raise DataError(
            f"{path}: {date.null_count} candles have no date; get the file again from its source"
        )
    times = times - times % _SECOND_MS if seconds else np.array(times)
    return make_frame(times, values)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
