"""Candles out: the files Freqtrade reads, written only when their series changed.

A file carries the version of its series in its own metadata. So "nothing changed" costs one
query for all series and a look at the head of each file; a series that only grew is read from
the file's last candle on; everything else is read whole. A file is written beside its place,
synced and renamed: whoever reads it sees the old one or the new one, never a part.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

import pandas as pd
import pyarrow as pa
from pyarrow import feather, ipc

from proratio_core.atomic_file import replacing
from proratio_core.candles.frame import columns_of, open_times_ms
from proratio_core.candles.store import CandleStore, StoredSeries
from proratio_core.errors import DataError, TransientError
from proratio_core.values import SeriesKey, Timerange

__all__ = ["ExportReport", "ExportStatus", "ExportedFile", "export_series", "read_stamp"]

_MAGIC: Final = b"ARROW1"
_HEAD_BYTES: Final = 8192
_DATE: Final = pa.timestamp("ms", "UTC")


class ExportStatus(StrEnum):
    """What an export did to a file."""

    UNCHANGED = "unchanged"
    APPENDED = "appended"
    REWRITTEN = "rewritten"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One series and its file; `rows` counts those read from the store for it."""

    key: SeriesKey
    path: Path
    status: ExportStatus
    rows: int
    version: int


@dataclass(frozen=True, slots=True)
class ExportReport:
    """Every file an export looked at, in the order of the series."""

    files: tuple[ExportedFile, ...]

    def count(self, status: ExportStatus) -> int:
        """Return how many files had this status."""
        return sum(file.status is status for file in self.files)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file says of itself: which series of which store, at which version."""

    series: str
    store: str
    version: int


class ExportProgress(Protocol):
    """Told after every file."""

    def __call__(self, done: int, total: int, file: ExportedFile, /) -> None:
        """Take note."""
        ...


def export_series(
    store: CandleStore,
    keys: Iterable[SeriesKey] | None,
    data_dir: Path,
    *,
    full: bool = False,
    progress: ExportProgress | None = None,
) -> ExportReport:
    """Bring the files of `keys` up to date.

    Parameters
    ----------
    store
        Where the candles are.
    keys
        Which series; None for all.
    data_dir
        Freqtrade's data folder; a series goes to `data_dir/<exchange>/<key.file_name>`.
    full
        Write every file anew, whatever its stamp says.
    progress
        Called after each file.

    Raises
    ------
    DataError
        A series is not stored.
    TransientError
        The disk is full or not writable; the old files are untouched.
    """
    chosen = _choose(store, keys)
    files: list[ExportedFile] = []
    for stored in chosen:
        path = data_dir / stored.key.exchange / stored.key.file_name
        files.append(_export(store, stored, path, full=full))
        if progress is not None:
            progress(len(files), len(chosen), files[-1])
    return ExportReport(tuple(files))


def read_stamp(path: Path) -> Stamp | None:
    """Return what the file says of itself; None when it is missing, torn or not ours."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            file.seek(-len(_MAGIC), os.SEEK_END)
            if not head.startswith(_MAGIC) or file.read() != _MAGIC:
                return None
        metadata = ipc.open_stream(pa.py_buffer(head)[8:]).schema.metadata or {}
        return Stamp(
            metadata[b"proratio.series"].decode(),
            metadata[b"proratio.store"].decode(),
            int(metadata[b"proratio.version"]),
        )
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None


def _choose(store: CandleStore, keys: Iterable[SeriesKey] | None) -> tuple[StoredSeries, ...]:
    if keys is None:
        return store.series()
    wanted = tuple(dict.fromkeys(keys))
    found = store.find(wanted)
    missing = [str(key) for key in wanted if key not in found]
    if missing:
        raise DataError(
            f"not in the store: {', '.join(missing)}; `proratio data status` lists what is there, "
            "`proratio data download` and `proratio data import` bring more"
        )
    return tuple(found[key] for key in wanted)


def _export(store: CandleStore, stored: StoredSeries, path: Path, *, full: bool) -> ExportedFile:
    key, version = stored.key, stored.version
    stamp = None if full else read_stamp(path)
    if stamp is not None and (stamp.series, stamp.store) != (str(key), store.identity):
        stamp = None
    if stamp is not None and stamp.version == version:
        return ExportedFile(key, path, ExportStatus.UNCHANGED, 0, version)
    old = None
    if stamp is not None and stored.rewritten_version <= stamp.version < version:
        old = _read_table(path)
    frame = store.read(key, _after(old))
    if old is None and frame.empty:
        return ExportedFile(key, path, ExportStatus.EMPTY, 0, version)
    table = _table(frame, key)
    if old is not None:
        table = pa.concat_tables([old.replace_schema_metadata(None), table])
    _write(table.replace_schema_metadata(_metadata(stored, store.identity)), path)
    status = ExportStatus.REWRITTEN if old is None else ExportStatus.APPENDED
    return ExportedFile(key, path, status, len(frame), version)


def _read_table(path: Path) -> pa.Table | None:
    """Return the file's rows; None when they cannot be read and must be written anew."""
    try:
        table = feather.read_table(path, memory_map=False)
    except (OSError, pa.ArrowException):
        return None
    return table if table.num_rows else None


def _after(table: pa.Table | None) -> Timerange:
    if table is None:
        return Timerange()
    last_ms: int = table.column("date")[-1].value
    return Timerange(datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=last_ms + 1))


def _table(frame: pd.DataFrame, key: SeriesKey) -> pa.Table:
    columns = {name: pa.array(frame[name].to_numpy()) for name in columns_of(key.kind)}
    return pa.table({"date": pa.array(open_times_ms(frame)).cast(_DATE), **columns})


def _metadata(stored: StoredSeries, identity: str) -> Mapping[str, str]:
    stamp = {
        "proratio.series": str(stored.key),
        "proratio.store": identity,
        "proratio.version": str(stored.version),
    }
    return {**stamp, "proratio.simulated": "true"} if stored.key.is_simulated else stamp


def _write(table: pa.Table, path: Path) -> None:
    try:
        with replacing(path) as partial:
            feather.write_feather(table, partial, compression="lz4")
    except OSError as error:
        raise TransientError(
            f"{path} cannot be written ({error.strerror or error}); the old file is untouched. "
            "Free some space or mend the permissions, then export again"
        ) from error
