"""Many files: each whole or not at all, whatever happens in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.importers import ImportHints, find_files, import_files
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import DataError, TransientError
from proratio_core.values import Market
from tests.core.candles.candle_frames import FUNDING, NOW, PERPETUAL, SPOT, START, candles, funding
from tests.core.candles.importers.dump_files import funding_text, kline_text, write_dump

CLOCK = FixedClock(NOW)


@pytest.fixture
def store(database: Database) -> CandleStore:
    return CandleStore(database)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "binance" / "futures").mkdir(parents=True)
    return tmp_path / "binance"


def _save(folder: Path, frame: pd.DataFrame, name: str = "BTC_USDT-1h.feather") -> Path:
    frame.reset_index(drop=True).to_feather(folder / name)
    return folder / name


def _changed(frame: pd.DataFrame, row: int, **values: float) -> pd.DataFrame:
    return frame.assign(
        **{name: np.where(frame.index == row, value, frame[name]) for name, value in values.items()}
    )


def _duplicated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[[0, 1, 1, *range(2, len(frame))]]


def _reversed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[::-1]


def _conflicting(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, _changed(frame, 23, volume=1.0).iloc[[23]]])


def _mixed(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, candles(12, start=START + timedelta(days=1, minutes=5))])


BAD: list[tuple[str, Callable[[pd.DataFrame], pd.DataFrame], str, str]] = [
    ("contradiction", lambda f: _changed(f, 3, high=1.0), "contradict each other", "get the file"),
    ("not a number", lambda f: _changed(f, 3, close=np.nan), "NaN or infinite", "get the file"),
    ("negative price", lambda f: _changed(f, 3, low=-1.0), "not positive", "get the file"),
    ("negative volume", lambda f: _changed(f, 3, volume=-1.0), "negative volume", "get the file"),
    ("duplicate", _duplicated, "twice, expected one candle per open time", "--clean"),
    ("conflict", _conflicting, "twice with different values", "get the file again"),
    ("unordered", _reversed, "out of order, expected ascending", "--clean"),
    ("mixed", _mixed, "off the 1h grid", "mixes timeframes or is misnamed"),
]


@pytest.mark.parametrize(("make", "came", "remedy"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_bad_candles_are_refused_with_what_came_and_the_remedy_and_nothing_is_stored(
    store: CandleStore,
    folder: Path,
    make: Callable[[pd.DataFrame], pd.DataFrame],
    came: str,
    remedy: str,
) -> None:
    path = _save(folder, make(candles()))
    (file,) = import_files([path], store, CLOCK).files
    assert file.error is not None
    assert file.error.startswith(f"{path}: ")
    assert came in file.error
    assert remedy in file.error
    assert "\n" not in file.error
    assert store.series() == ()


@pytest.mark.parametrize(
    ("now", "came"),
    [
        (START + timedelta(hours=23, minutes=59), "not finished yet, expected closed candles only"),
        (START + timedelta(hours=22, minutes=59), "in the future, now it is 2024-01-01 22:59:00"),
    ],
)
def test_unfinished_and_future_candles_are_refused_and_can_be_cleaned_away(
    store: CandleStore, folder: Path, now: object, came: str
) -> None:
    path, clock = _save(folder, candles()), FixedClock(now)
    (file,) = import_files([path], store, clock).files
    assert file.error is not None
    assert came in file.error
    assert "--clean" in file.error
    (file,) = import_files([path], store, clock, clean=True).files
    assert file.error is None
    assert len(store.read(SPOT)) < 24


def test_cleaning_repairs_duplicates_and_order(store: CandleStore, folder: Path) -> None:
    path = _save(folder, _reversed(_duplicated(candles())))
    report = import_files([path], store, CLOCK, clean=True)
    assert report.refused == ()
    pd.testing.assert_frame_equal(store.read(SPOT), candles())


def test_several_kinds_of_error_are_counted_in_one_line(store: CandleStore, folder: Path) -> None:
    path = _save(folder, _changed(_changed(candles(), 3, high=1.0), 9, volume=-1.0))
    (file,) = import_files([path], store, CLOCK).files
    assert file.error is not None
    assert file.error.endswith("(and 1 more kinds of error)")


def test_refused_file_stops_none_of_the_others(store: CandleStore, folder: Path) -> None:
    _save(folder, candles(), "ADA_USDT-1h.feather")
    (folder / "BTC_USDT-1h.feather").write_bytes(b"broken")
    _save(folder, candles(), "ETH_USDT-1h.feather")
    report = import_files(find_files([folder]), store, CLOCK)
    assert [file.path.name for file in report.refused] == ["BTC_USDT-1h.feather"]
    assert (report.series, report.changed_rows) == (2, 48)


def test_importing_again_changes_nothing(store: CandleStore, folder: Path) -> None:
    _save(folder, candles())
    _save(folder, funding(), "futures/BTC_USDT_USDT-1h-funding_rate.feather")
    first = import_files(find_files([folder]), store, CLOCK)
    again = import_files(find_files([folder]), store, CLOCK)
    assert (first.changed_rows, first.unchanged_rows, first.series) == (33, 0, 2)
    assert (again.changed_rows, again.unchanged_rows) == (0, 33)


def test_monthly_dumps_of_every_kind_make_whole_series(store: CandleStore, tmp_path: Path) -> None:
    frame = candles(48)
    for day in (1, 2):
        part = frame.iloc[(day - 1) * 24 : day * 24]
        name = f"BTCUSDT-1h-2024-01-0{day}.zip"
        write_dump(tmp_path / "spot/daily/klines/BTCUSDT/1h" / name, kline_text(part, unit="us"))
        um = tmp_path / "futures/um/daily/klines/BTCUSDT/1h"
        write_dump(um / name, kline_text(part, header=True), checksum=True)
    rates = tmp_path / "futures/um/monthly/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2024-01.zip"
    write_dump(rates, funding_text(funding(), late_ms=3))
    report = import_files(find_files([tmp_path]), store, CLOCK)
    assert (report.refused, report.series, len(report.files)) == ((), 3, 5)
    for key in (SPOT, PERPETUAL):
        pd.testing.assert_frame_equal(store.read(key), frame)
        assert store.find([key])[key].rewritten_version == 0
    assert len(store.read(FUNDING)) == 9


def test_hints_reach_the_names(store: CandleStore, tmp_path: Path) -> None:
    path = write_dump(tmp_path / "BTCUSDT-1h-2024-01.csv", kline_text(candles()))
    report = import_files([path], store, CLOCK, hints=ImportHints(market=Market.SPOT))
    assert report.files[0].key == SPOT


def test_csv_that_is_no_dump_is_refused_by_its_name(store: CandleStore, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("a,b\n")
    (file,) = import_files(find_files([tmp_path]), store, CLOCK).files
    assert file.error is not None
    assert "not one of Binance's dumps; expected e.g." in file.error


def test_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere does not exist; name a file or a folder"):
        find_files([tmp_path / "nowhere"])


def test_folder_without_candles_says_what_was_expected(tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    with pytest.raises(DataError, match=r"no candles there; expected Freqtrade's \*\.feather, or"):
        find_files([tmp_path])


def test_each_file_is_found_once_in_the_order_of_names(folder: Path) -> None:
    first, second = _save(folder, candles(), "A_USDT-1h.feather"), _save(folder, candles())
    assert find_files([second, folder, first]) == (first, second)


def test_progress_is_told_after_every_file(store: CandleStore, folder: Path) -> None:
    _save(folder, candles())
    _save(folder, candles(), "ETH_USDT-1h.feather")
    told: list[tuple[int, int, str]] = []
    import_files(
        find_files([folder]),
        store,
        CLOCK,
        progress=lambda done, total, file: told.append((done, total, file.path.name)),
    )
    assert told == [(1, 2, "BTC_USDT-1h.feather"), (2, 2, "ETH_USDT-1h.feather")]


def test_database_that_went_away_stops_the_import(folder: Path) -> None:
    nowhere = CandleStore(Database("postgresql://nobody@127.0.0.1:1/nothing"))
    with pytest.raises(TransientError, match="cannot be reached"):
        import_files([_save(folder, candles())], nowhere, CLOCK)


_IMPORT = """
import sys
from pathlib import Path
from proratio_core.candles import CandleStore
from proratio_core.candles.importers import find_files, import_files
from proratio_core.clock import SystemClock
from proratio_core.database import Database
store = CandleStore(Database(sys.argv[1]))
import_files(
    find_files([Path(sys.argv[2])]), store, SystemClock(),
    progress=lambda done, total, file: print(done, flush=True),
)
"""


@pytest.mark.parametrize("after_files", [1, 3])
def test_import_killed_midway_leaves_whole_files_only_and_the_next_run_continues(
    store: CandleStore, database_url: str, folder: Path, after_files: int
) -> None:
    names = [f"COIN{i}_USDT-1h.feather" for i in range(8)]
    for name in names:
        _save(folder, candles(17_520), name)
    command = [sys.executable, "-W", "ignore", "-c", _IMPORT, database_url, str(folder)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for _ in range(after_files):
        child.stdout.readline()
    time.sleep(0.03)  # into the next file's transaction
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    rows = {stored.key: len(store.read(stored.key)) for stored in store.series()}
    assert after_files <= sum(count == 17_520 for count in rows.values()) < len(names)
    assert set(rows.values()) == {17_520}
    report = import_files(find_files([folder]), store, FixedClock(NOW + timedelta(days=900)))
    assert report.refused == ()
    assert report.unchanged_rows == len(rows) * 17_520
    assert report.changed_rows == (len(names) - len(rows)) * 17_520
