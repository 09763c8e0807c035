"""Candles out: what Freqtrade reads is what the store holds, and nothing is written in vain."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from freqtrade.data.history import load_pair_history
from freqtrade.data.history.datahandlers.featherdatahandler import FeatherDataHandler
from freqtrade.enums import CandleType, TradingMode
from pyarrow import feather

from proratio_core.candles import CandleStore, ExportReport, ExportStatus, export_series
from proratio_core.candles.feather import read_stamp
from proratio_core.candles.frame import empty_frame
from proratio_core.candles.importers import find_files, import_files
from proratio_core.clock import SystemClock
from proratio_core.database import Database
from proratio_core.errors import DataError, TransientError
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe
from tests.core.candles.candle_frames import FUNDING, MARK, PERPETUAL, SPOT, candles, funding

SIMULATED = SeriesKey("simulated", Pair.parse("BTC/USDT"), Timeframe.H1)
CANDLE_TYPE = {
    SPOT: CandleType.SPOT,
    PERPETUAL: CandleType.FUTURES,
    MARK: CandleType.MARK,
    FUNDING: CandleType.FUNDING_RATE,
}


@pytest.fixture
def store(database: Database) -> CandleStore:
    store = CandleStore(database)
    store.write(SPOT, candles())
    return store


def _statuses(report: ExportReport) -> list[ExportStatus]:
    return [file.status for file in report.files]


def _file(folder: Path, key: SeriesKey = SPOT) -> Path:
    return folder / key.exchange / key.file_name


def _freqtrade(folder: Path, key: SeriesKey) -> pd.DataFrame:
    """Read through Freqtrade's own loader, as a backtest does; aliases it adds are left out."""
    kind = {
        SeriesKind.MARK: CandleType.MARK,
        SeriesKind.FUNDING: CandleType.FUNDING_RATE,
        SeriesKind.CANDLE: CandleType.SPOT if key.pair.settle is None else CandleType.FUTURES,
    }[key.kind]
    frame = load_pair_history(
        str(key.pair),
        key.timeframe.value,
        folder / key.exchange,
        candle_type=kind,
        fill_up_missing=False,
        drop_incomplete=False,
    )
    return frame[["date", "funding_rate"]] if key.kind is SeriesKind.FUNDING else frame


def test_every_kind_of_series_is_found_and_read_by_freqtrade(
    store: CandleStore, tmp_path: Path
) -> None:
    for key, frame in ((PERPETUAL, candles(seed=2)), (MARK, candles(seed=3)), (FUNDING, funding())):
        store.write(key, frame)
    export_series(store, None, tmp_path)
    for key in CANDLE_TYPE:
        pd.testing.assert_frame_equal(_freqtrade(tmp_path, key), store.read(key))
    available = FeatherDataHandler.ohlcv_get_available_data(
        tmp_path / "binance", TradingMode.FUTURES
    )
    assert {kind for _, _, kind in available} == set(CANDLE_TYPE.values()) - {CandleType.SPOT}


def test_file_equals_what_freqtrade_itself_would_have_written(
    store: CandleStore, tmp_path: Path
) -> None:
    export_series(store, [SPOT], tmp_path)
    theirs = FeatherDataHandler(tmp_path / "theirs" / "binance")
    (tmp_path / "theirs" / "binance").mkdir(parents=True)
    theirs.ohlcv_store("BTC/USDT", "1h", store.read(SPOT), CandleType.SPOT)
    ours, other = (feather.read_table(_file(folder)) for folder in (tmp_path, tmp_path / "theirs"))
    assert ours.equals(other)
    assert ours.schema.equals(other.schema)


def test_second_export_writes_and_reads_nothing(store: CandleStore, tmp_path: Path) -> None:
    assert _statuses(export_series(store, None, tmp_path)) == [ExportStatus.REWRITTEN]
    before = _file(tmp_path).stat()
    report = export_series(store, None, tmp_path)
    assert _statuses(report) == [ExportStatus.UNCHANGED]
    assert report.files[0].rows == 0
    after = _file(tmp_path).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_growth_reads_only_the_new_candles(store: CandleStore, tmp_path: Path) -> None:
    export_series(store, None, tmp_path)
    store.write(SPOT, candles(30))
    (file,) = export_series(store, None, tmp_path).files
    assert (file.status, file.rows, file.version) == (ExportStatus.APPENDED, 6, 2)
    pd.testing.assert_frame_equal(_freqtrade(tmp_path, SPOT), candles(30))


def test_several_steps_of_growth_are_one_append(store: CandleStore, tmp_path: Path) -> None:
    export_series(store, None, tmp_path)
    store.write(SPOT, candles(26))
    store.write(SPOT, candles(30))
    assert _statuses(export_series(store, None, tmp_path)) == [ExportStatus.APPENDED]
    pd.testing.assert_frame_equal(_freqtrade(tmp_path, SPOT), candles(30))


def test_growth_of_funding_rates_keeps_their_layout(store: CandleStore, tmp_path: Path) -> None:
    store.write(FUNDING, funding(5))
    export_series(store, [FUNDING], tmp_path)
    store.write(FUNDING, funding(9).iloc[5:])
    export_series(store, [FUNDING], tmp_path)
    assert feather.read_table(_file(tmp_path, FUNDING)).column_names == ["date", "funding_rate"]
    assert len(_freqtrade(tmp_path, FUNDING)) == 9


def test_change_of_an_old_candle_rewrites_the_file(store: CandleStore, tmp_path: Path) -> None:
    export_series(store, None, tmp_path)
    frame = candles(30)
    frame.loc[2, "volume"] = 1.0
    store.write(SPOT, frame)
    assert _statuses(export_series(store, None, tmp_path)) == [ExportStatus.REWRITTEN]
    pd.testing.assert_frame_equal(_freqtrade(tmp_path, SPOT), frame)


def _by_freqtrade(path: Path) -> None:
    candles(3).to_feather(path)


def _torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _garbage(path: Path) -> None:
    path.write_bytes(b"not a feather file at all")


def _deleted(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [_by_freqtrade, _torn, _garbage, _deleted])
def test_file_that_is_not_ours_or_damaged_is_written_anew(
    store: CandleStore, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    export_series(store, None, tmp_path)
    damage(_file(tmp_path))
    assert read_stamp(_file(tmp_path)) is None
    assert _statuses(export_series(store, None, tmp_path)) == [ExportStatus.REWRITTEN]
    pd.testing.assert_frame_equal(_freqtrade(tmp_path, SPOT), candles())


def test_body_damaged_behind_a_good_head_is_written_anew_when_the_series_grows(
    store: CandleStore, tmp_path: Path
) -> None:
    export_series(store, None, tmp_path)
    path = _file(tmp_path)
    content = bytearray(path.read_bytes())
    content[-400:-10] = b"\xff" * 390
    path.write_bytes(content)
    store.write(SPOT, candles(25))
    assert _statuses(export_series(store, None, tmp_path)) == [ExportStatus.REWRITTEN]
    pd.testing.assert_frame_equal(_freqtrade(tmp_path, SPOT), candles(25))


def test_file_of_another_database_is_written_anew(
    store: CandleStore, tmp_path: Path, postgres_url: str
) -> None:
    export_series(store, None, tmp_path)
    table = feather.read_table(_file(tmp_path))
    metadata = {**table.schema.metadata, b"proratio.store": b"1/2"}
    feather.write_feather(table.replace_schema_metadata(metadata), _file(tmp_path))
    assert _statuses(export_series(store, None, tmp_path)) == [ExportStatus.REWRITTEN]


def test_full_export_writes_every_file(store: CandleStore, tmp_path: Path) -> None:
    export_series(store, None, tmp_path)
    assert _statuses(export_series(store, None, tmp_path, full=True)) == [ExportStatus.REWRITTEN]


def test_simulated_series_are_marked_and_live_in_a_folder_of_their_own(
    store: CandleStore, tmp_path: Path
) -> None:
    store.write(SIMULATED, candles())
    export_series(store, None, tmp_path)
    real, simulated = (
        feather.read_table(_file(tmp_path, key)).schema.metadata for key in (SPOT, SIMULATED)
    )
    assert simulated[b"proratio.simulated"] == b"true"
    assert b"proratio.simulated" not in real
    assert _file(tmp_path, SIMULATED).parent.name == "simulated"


def test_series_without_rows_makes_no_file(store: CandleStore, tmp_path: Path) -> None:
    store.write(PERPETUAL, empty_frame())
    assert _statuses(export_series(store, [PERPETUAL], tmp_path)) == [ExportStatus.EMPTY]
    assert not _file(tmp_path, PERPETUAL).exists()


def test_series_that_is_not_stored_is_named_with_the_remedy(
    store: CandleStore, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"not in the store: binance BTC/USDT:USDT 1h; .*download"):
        export_series(store, [SPOT, PERPETUAL], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_after_every_file(store: CandleStore, tmp_path: Path) -> None:
    store.write(PERPETUAL, candles())
    told: list[tuple[int, int, str]] = []
    report = export_series(
        store,
        [SPOT, PERPETUAL, SPOT],
        tmp_path,
        progress=lambda done, total, file: told.append((done, total, str(file.key))),
    )
    assert told == [(1, 2, str(SPOT)), (2, 2, str(PERPETUAL))]
    assert report.count(ExportStatus.REWRITTEN) == 2


_FULL_DISK = """
import resource, sys
from pathlib import Path
from proratio_core.candles import CandleStore, export_series
from proratio_core.database import Database
from proratio_core.errors import TransientError
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    export_series(CandleStore(Database(sys.argv[1])), None, Path(sys.argv[2]))
except TransientError as error:
    print(error)
    sys.exit(error.exit_code)
"""


def test_full_disk_leaves_the_old_file_and_nothing_beside_it(
    store: CandleStore, tmp_path: Path, database_url: str
) -> None:
    export_series(store, None, tmp_path)
    old = _file(tmp_path).read_bytes()
    store.write(SPOT, candles(3000))
    command = [sys.executable, "-W", "ignore", "-c", _FULL_DISK, database_url, str(tmp_path)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.returncode == TransientError.exit_code, child.stderr
    assert "cannot be written (" in child.stdout
    assert "the old file is untouched. Free some space" in child.stdout
    assert _file(tmp_path).read_bytes() == old
    assert [path.name for path in _file(tmp_path).parent.iterdir()] == [SPOT.file_name]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    assert _statuses(export_series(store, None, tmp_path)) == [ExportStatus.APPENDED]
    pd.testing.assert_frame_equal(_freqtrade(tmp_path, SPOT), candles(3000))


def test_folder_in_the_way_is_named_with_the_remedy(store: CandleStore, tmp_path: Path) -> None:
    (tmp_path / "binance").write_text("a file where a folder should be")
    with pytest.raises(TransientError, match=r"BTC_USDT-1h.feather cannot be written .*mend"):
        export_series(store, None, tmp_path)


_KILLED = """
import os, signal, sys
from pathlib import Path
from pyarrow import feather
from proratio_core.candles import CandleStore, export_series
from proratio_core.database import Database
write = feather.write_feather
def half(table, path, **options):
    write(table, path, **options)
    os.truncate(path, 1000)
    os.kill(os.getpid(), signal.SIGKILL)
feather.write_feather = half
export_series(CandleStore(Database(sys.argv[1])), None, Path(sys.argv[2]))
"""


def test_export_killed_while_writing_leaves_the_old_file_and_the_next_one_tidies_up(
    store: CandleStore, tmp_path: Path, database_url: str
) -> None:
    export_series(store, None, tmp_path)
    store.write(SPOT, candles(30))
    command = [sys.executable, "-W", "ignore", "-c", _KILLED, database_url, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    folder = _file(tmp_path).parent
    assert len(list(folder.glob(".*.part"))) == 1
    pd.testing.assert_frame_equal(_freqtrade(tmp_path, SPOT), candles())
    export_series(store, None, tmp_path)
    assert [path.name for path in folder.iterdir()] == [SPOT.file_name]
    pd.testing.assert_frame_equal(_freqtrade(tmp_path, SPOT), candles(30))


def test_part_of_a_living_process_is_left_alone(store: CandleStore, tmp_path: Path) -> None:
    folder = _file(tmp_path).parent
    folder.mkdir()
    living = folder / f".{SPOT.file_name}.{os.getppid()}.part"
    living.touch()
    export_series(store, None, tmp_path)
    assert living.exists()


def test_recorded_market_comes_back_from_freqtrade_exactly(
    database: Database, market_data: Path, tmp_path: Path
) -> None:
    store = CandleStore(database)
    source = market_data / "binance"
    report = import_files(find_files([source]), store, SystemClock())
    assert (len(report.files), report.refused, report.series) == (55, (), 55)
    export_series(store, None, tmp_path)
    for file in report.files:
        assert file.key is not None
        expected = pd.read_feather(file.path)
        if file.key.kind is SeriesKind.FUNDING:
            expected = expected.rename(columns={"open": "funding_rate"})[["date", "funding_rate"]]
        pd.testing.assert_frame_equal(
            _freqtrade(tmp_path, file.key), expected, check_exact=True, obj=str(file.key)
        )
    again = import_files(find_files([source]), store, SystemClock())
    assert (again.changed_rows, again.unchanged_rows) == (0, report.changed_rows)


def test_stamp_of_a_file_says_series_store_and_version(store: CandleStore, tmp_path: Path) -> None:
    export_series(store, None, tmp_path)
    stamp = read_stamp(_file(tmp_path))
    assert stamp is not None
    assert (stamp.series, stamp.store, stamp.version) == (str(SPOT), store.identity, 1)
    assert pa.ipc.open_file(_file(tmp_path)).schema.metadata[b"proratio.version"] == b"1"
