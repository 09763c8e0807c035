"""Many files into the store, each in a transaction of its own.

A file that is refused stops nothing: the others are stored, and the report names it. Killed at
any moment, the store holds whole files only, and the next run finds those unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import pandas as pd

from proratio_core.candles.importers.binance_dump import read_binance_dump
from proratio_core.candles.importers.freqtrade_feather import read_freqtrade_feather
from proratio_core.candles.importers.naming import (
    ImportHints,
    binance_dump_key,
    freqtrade_key,
    is_binance_dump,
)
from proratio_core.candles.store import CandleStore, WriteResult
from proratio_core.candles.validation import check_frame, clean_frame, errors_of
from proratio_core.clock import Clock
from proratio_core.errors import DataError
from proratio_core.values import SeriesKey

__all__ = ["FileResult", "ImportReport", "find_files", "import_files", "read_file"]

_SUFFIXES: Final = (".feather", ".zip", ".csv")


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file: stored (`key` and `written`) or refused (`error`)."""

    path: Path
    key: SeriesKey | None = None
    written: WriteResult | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Every file of an import, in the order they were read."""

    files: tuple[FileResult, ...]

    @property
    def refused(self) -> tuple[FileResult, ...]:
        """The files nothing was stored of."""
        return tuple(file for file in self.files if file.error is not None)

    @property
    def series(self) -> int:
        """How many series the stored files belong to."""
        return len({file.key for file in self.files if file.written is not None})

    @property
    def changed_rows(self) -> int:
        """How many rows were inserted or updated."""
        written = [file.written for file in self.files if file.written is not None]
        return sum(result.inserted + result.updated for result in written)

    @property
    def unchanged_rows(self) -> int:
        """How many rows were there already."""
        return sum(file.written.unchanged for file in self.files if file.written is not None)


class ImportProgress(Protocol):
    """Told after every file."""

    def __call__(self, done: int, total: int, file: FileResult, /) -> None:
        """Take note."""
        ...


def find_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files to import, folders searched to the bottom, each once, sorted by name.

    Raises
    ------
    DataError
        A path does not exist, or nothing in it looks like candles.
    """
    found: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise DataError(f"{path} does not exist; name a file or a folder of candles")
        inside = path.rglob("*") if path.is_dir() else (path,)
        files = {file for file in inside if file.suffix in _SUFFIXES and file.is_file()}
        if not files:
            raise DataError(
                f"{path}: no candles there; expected Freqtrade's *.feather, or Binance's *.zip "
                "or *.csv"
            )
        found |= files
    return tuple(sorted(found))


def import_files(
    files: Iterable[Path],
    store: CandleStore,
    clock: Clock,
    *,
    hints: ImportHints = ImportHints(),  # noqa: B008  # frozen
    clean: bool = False,
    progress: ImportProgress | None = None,
) -> ImportReport:
    """Store what `files` hold.

    Parameters
    ----------
    files
        What to read, see `find_files`.
    store
        Where to.
    clock
        Tells which candles are finished.
    hints
        What the names do not say.
    clean
        Sort, drop exact duplicates and unfinished candles instead of refusing them.
    progress
        Called after each file.

    Raises
    ------
    TransientError
        The database failed; files before this one are stored.
    """
    paths = tuple(files)
    results: list[FileResult] = []
    for path in paths:
        try:
            key, frame = read_file(path, clock, hints=hints, clean=clean)
            results.append(FileResult(path, key, store.write(key, frame)))
        except DataError as error:
            results.append(FileResult(path, error=str(error)))
        if progress is not None:
            progress(len(results), len(paths), results[-1])
    return ImportReport(tuple(results))


def read_file(
    path: Path, clock: Clock, *, hints: ImportHints, clean: bool = False
) -> tuple[SeriesKey, pd.DataFrame]:
    """Return the series a file holds and its believable candle frame.

    Raises
    ------
    DataError
        The file is not understood, or breaks a rule of `validation.py`.
    """
    if is_binance_dump(path):
        key = binance_dump_key(path, hints)
        frame = read_binance_dump(path, key)
    elif path.suffix == ".feather":
        key = freqtrade_key(path, hints)
        frame = read_freqtrade_feather(path, key)
    else:
        raise DataError(
            f"{path}: the name is not one of Binance's dumps; expected e.g. "
            "BTCUSDT-1h-2024-01.zip: rename it, or leave it out"
        )
    now = clock.now()
    if clean:
        frame = clean_frame(frame, key, now=now)
    problems = errors_of(check_frame(frame, key, now=now))
    if problems:
        more = "" if len(problems) == 1 else f" (and {len(problems) - 1} more kinds of error)"
        raise DataError(f"{path}: {problems[0]}{more}")
    return key, frame
