"""One of Binance's public dumps as a candle frame.

Klines come as CSV or as a zip of one CSV, with a header (USDT-M, since 2022) or without (spot),
with times in milliseconds or, in spot files from 2025 on, in microseconds. Funding rates have
three columns. A `.CHECKSUM` file beside the dump is honoured.

Source: the README of github.com/binance/binance-public-data.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from proratio_core.candles.frame import OHLCV_COLUMNS, make_frame
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey, SeriesKind

__all__ = ["read_binance_dump"]

_KLINE: Final = (
    "open_time",
    *OHLCV_COLUMNS,
    "close_time",
    "quote_volume",
    "trades",
    "taker_buy_volume",
    "taker_buy_quote_volume",
    "ignored",
)
_FUNDING: Final = ("calc_time", "interval_hours", "funding_rate")
_MICROSECONDS_FROM: Final = 100_000_000_000_000
"""As milliseconds this is the year 5138, as microseconds 1973."""
_SECOND_MS: Final = 1000


def read_binance_dump(path: Path, key: SeriesKey) -> pd.DataFrame:
    """Return what the dump holds; only what the format itself says is judged.

    Raises
    ------
    DataError
        The file is unreadable, fails its checksum, has other columns, or holds candles of another
        length than its name says.
    """
    text = _content(path)
    if key.kind is SeriesKind.FUNDING:
        columns = _parse(path, text, _FUNDING)
        times = _milliseconds(columns["calc_time"])
        return make_frame(times - times % _SECOND_MS, {"funding_rate": columns["funding_rate"]})
    columns = _parse(path, text, _KLINE)
    opened = _milliseconds(columns["open_time"])
    _check_length(path, key, opened, _milliseconds(columns["close_time"]))
    return make_frame(opened, {name: columns[name] for name in OHLCV_COLUMNS})


def _content(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        _check_sum(path, raw)
        if path.suffix != ".zip":
            return raw
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = archive.namelist()
            if len(names) != 1 or not names[0].endswith(".csv"):
                raise DataError(
                    f"{path}: the archive holds {', '.join(names) or 'nothing'}; expected exactly "
                    "one CSV file: get the dump again from its source"
                )
            return archive.read(names[0])
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{path}: not readable ({error}); get the dump again from its source"
        ) from error


def _check_sum(path: Path, raw: bytes) -> None:
    beside = path.with_name(f"{path.name}.CHECKSUM")
    if not beside.is_file():
        return
    expected = beside.read_text().split()[:1]
    actual = hashlib.sha256(raw).hexdigest()
    if expected != [actual]:
        raise DataError(
            f"{path}: its SHA-256 is {actual[:12]}..., {beside.name} says "
            f"{''.join(expected)[:12] or 'nothing'}...; the dump is damaged, get both again"
        )


def _parse(path: Path, text: bytes, names: tuple[str, ...]) -> dict[str, npt.NDArray[np.float64]]:
    times = {"open_time", "close_time", "calc_time"}
    wanted = [name for name in names if name in {*times, *OHLCV_COLUMNS, "funding_rate"}]
    has_header = not text.lstrip()[:1].isdigit()
    try:
        table = csv.read_csv(
            io.BytesIO(text),
            csv.ReadOptions(column_names=list(names), skip_rows=int(has_header)),
            convert_options=csv.ConvertOptions(
                include_columns=wanted,
                column_types={n: pa.int64() if n in times else pa.float64() for n in wanted},
            ),
        )
    except pa.ArrowException as error:
        raise DataError(
            f"{path}: not one of Binance's dumps ({' '.join(str(error).split())}); expected the "
            f"{len(names)} columns {', '.join(names)}: get the dump again from its source"
        ) from error
    for name in wanted:
        if table.column(name).null_count:
            raise DataError(
                f"{path}: the column {name} has empty fields; expected a number in each row: get "
                "the dump again from its source"
            )
    return {name: table.column(name).to_numpy() for name in wanted}


def _milliseconds(times: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    whole = times.astype(np.int64)
    return np.where(whole >= _MICROSECONDS_FROM, whole // 1000, whole)


def _check_length(
    path: Path,
    key: SeriesKey,
    opened: npt.NDArray[np.int64],
    closed: npt.NDArray[np.int64],
) -> None:
    wrong = np.flatnonzero(closed - opened + 1 != key.timeframe.ms)
    if len(wrong):
        minutes = (int(closed[wrong[0]] - opened[wrong[0]]) + 1) / 60_000
        raise DataError(
            f"{path}: row {wrong[0] + 1} is a candle of {minutes:g} minutes, the name says "
            f"{key.timeframe}; the file mixes timeframes or is misnamed, get it again"
        )
