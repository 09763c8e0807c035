"""`proratio data` on a real database, from the command line's own door."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from proratio_core.candles import CandleStore
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_tradehub.cli.data import app
from tests.architecture.source_tree import ROOT
from tests.core.candles.candle_frames import SPOT, START, candles
from tests.tradehub.cli.invoking import Invoke, invoker


@pytest.fixture
def invoke(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    return invoker(app, tmp_path, monkeypatch, DATABASE_URL=database_url, COLUMNS="80")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "source" / "binance"
    folder.mkdir(parents=True)
    candles(48).drop(index=[5]).reset_index(drop=True).to_feather(folder / "BTC_USDT-1h.feather")
    candles(9, timeframe=Timeframe.H4).to_feather(folder / "BTC_USDT-4h.feather")
    return folder


def _key(pair: str = "BTC/USDT", timeframe: Timeframe = Timeframe.H1) -> SeriesKey:
    return SeriesKey("simulated", Pair.parse(pair), timeframe)


def test_import_says_what_was_stored_and_again_that_nothing_changed(
    invoke: Invoke, files: Path
) -> None:
    first, again = invoke("import", str(files)), invoke("import", str(files))
    assert first.stdout == "2 files, 2 series: 56 rows changed, 0 unchanged\n"
    assert again.stdout == "2 files, 2 series: 0 rows changed, 56 unchanged\n"


def test_import_with_one_bad_file_stores_the_others_and_ends_with_its_error(
    invoke: Invoke, files: Path
) -> None:
    (files / "ETH_USDT-1h.feather").write_bytes(b"broken")
    result = invoke("import", str(files), expect=DataError)
    assert "2 files, 2 series" in result.stdout
    assert "ETH_USDT-1h.feather: not a readable feather file" in str(result.exception)


def test_import_with_several_bad_files_names_each(invoke: Invoke, files: Path) -> None:
    for name in ("ETH_USDT-1h.feather", "XRP_USDT-1h.feather"):
        (files / name).write_bytes(b"broken")
    result = invoke("import", str(files), expect=DataError)
    assert result.stdout.count("refused:") == 2
    assert "2 of 4 files were refused" in str(result.exception)
    assert "import again" in str(result.exception)


def test_import_document_lists_every_file(invoke: Invoke, files: Path) -> None:
    (files / "ETH_USDT-1h.feather").write_bytes(b"broken")
    result = invoke("import", str(files), "--json", expect=DataError)
    document = json.loads(result.stdout)
    assert [file["inserted"] for file in document["files"]] == [47, 9, None]
    assert (document["series"], document["changed_rows"]) == (2, 56)


@pytest.mark.parametrize(
    ("option", "value", "match"),
    [
        ("--market", "moon", r"--market 'moon' is not one of: spot, perpetual"),
        ("--kind", "moon", r"--kind 'moon' is not one of: candle, mark"),
        ("--pair", "moon", r"pair 'moon' is not understood; write BASE/QUOTE"),
        ("--exchange", "Moon!", r"exchange 'Moon!' is not understood"),
    ],
)
def test_wrong_option_of_an_import_names_the_remedy(
    invoke: Invoke, files: Path, option: str, value: str, match: str
) -> None:
    path = str(files / "BTC_USDT-1h.feather")
    result = invoke("import", path, option, value, expect=DataError)
    assert match in str(result.exception)


def test_import_of_nothing_names_the_remedy(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("import", str(tmp_path / "nowhere"), expect=DataError)
    assert "does not exist; name a file or a folder" in str(result.exception)


def test_clean_repairs_what_needs_no_guess(invoke: Invoke, files: Path) -> None:
    messy = candles().iloc[::-1].reset_index(drop=True)
    messy.to_feather(files / "BTC_USDT-1h.feather")
    result = invoke("import", str(files), expect=DataError)
    assert "import with --clean to repair it" in str(result.exception)
    invoke("import", str(files), "--clean")


def test_export_writes_once_and_then_nothing(invoke: Invoke, files: Path, tmp_path: Path) -> None:
    invoke("import", str(files))
    first, again = invoke("export"), invoke("export")
    assert "2 series: 0 unchanged, 0 appended, 2 rewritten, 0 empty" in first.stdout
    assert "2 series: 2 unchanged" in again.stdout
    assert (tmp_path / "user_data" / "data" / "binance" / "BTC_USDT-1h.feather").is_file()


def test_export_of_one_pair_and_timeframe_into_a_folder(
    invoke: Invoke, files: Path, tmp_path: Path
) -> None:
    invoke("import", str(files))
    words = (
        "export",
        "--pairs",
        "BTC/USDT",
        "--timeframe",
        "4h",
        "--data-dir",
        str(tmp_path / "out"),
        "--json",
    )
    (file,) = json.loads(invoke(*words).stdout)
    assert (file["status"], file["rows_read"]) == ("rewritten", 9)
    assert Path(file["path"]) == tmp_path / "out" / "binance" / "BTC_USDT-4h.feather"
    (file,) = json.loads(invoke(*words, "--full").stdout)
    assert file["status"] == "rewritten"


@pytest.mark.parametrize("command", ["export", "verify"])
def test_pair_that_is_not_stored_is_named_with_the_remedy(
    invoke: Invoke, files: Path, command: str
) -> None:
    invoke("import", str(files))
    result = invoke(command, "--pairs", "BTC/USDT", "--pairs", "ETH/USDT", expect=DataError)
    assert "does not hold ETH/USDT of the chosen exchange" in str(result.exception)
    assert "`data download` and `data import` bring more" in str(result.exception)


@pytest.mark.parametrize("command", ["export", "verify"])
def test_empty_store_says_how_to_fill_it(invoke: Invoke, command: str) -> None:
    result = invoke(command, expect=DataError)
    assert "does not hold any candle" in str(result.exception)


@pytest.mark.parametrize("command", ["export", "verify", "status"])
@pytest.mark.parametrize("words", [["--pairs", "btc"], ["--timeframe", "7m"]])
def test_wrong_pair_or_timeframe_is_refused(invoke: Invoke, command: str, words: list[str]) -> None:
    result = invoke(command, *words, expect=DataError)
    assert repr(words[-1]) in str(result.exception)


def test_status_lists_what_is_stored_on_whole_lines(invoke: Invoke, files: Path) -> None:
    assert "nothing is stored yet; try: proratio data download" in invoke("status").stdout
    invoke("import", str(files))
    lines = invoke("status").stdout.splitlines()
    shown = " ".join(lines[1].split())
    assert shown == "binance BTC/USDT 1h 47 2024-01-01 00:00 2024-01-02 23:00 1"
    assert len(lines) == 3
    document = json.loads(invoke("status", "--timeframe", "4h", "--json").stdout)
    assert document == [
        {
            "exchange": "binance",
            "pair": "BTC/USDT",
            "timeframe": "4h",
            "kind": "candle",
            "simulated": False,
            "rows": 9,
            "first_open_time": "2024-01-01T00:00:00+00:00",
            "last_open_time": "2024-01-02T08:00:00+00:00",
            "version": 1,
        }
    ]


def test_verify_lists_the_gaps_and_is_content(invoke: Invoke, files: Path) -> None:
    invoke("import", str(files))
    output = invoke("verify").stdout
    gap = "gap: binance BTC/USDT 1h: 2024-01-01 05:00 .. 2024-01-01 05:00 (1 missing): not asked"
    assert gap in output
    assert "2 series, 56 rows: 1 gaps with 1 missing candles, 0 errors, 0 warnings" in output
    hours, _ = json.loads(invoke("verify", "--json").stdout)
    assert [gap["candles"] for gap in hours["gaps"]] == [1]
    assert hours["findings"] == []


def test_verify_ends_with_an_error_when_a_stored_candle_contradicts_itself(
    invoke: Invoke, database: Database
) -> None:
    CandleStore(database).write(SPOT, candles())
    with database.transaction() as cursor:
        cursor.execute("UPDATE candle SET high = low / 2 WHERE open_time = %s", (START,))
    result = invoke("verify", expect=DataError)
    assert "error: binance BTC/USDT 1h: 1 candle with prices that contradict" in result.stdout
    assert "1 series break a rule (binance BTC/USDT 1h); import or" in str(result.exception)
    result = invoke("verify", "--json", expect=DataError)
    (finding,) = json.loads(result.stdout)[0]["findings"]
    assert (finding["severity"], finding["code"], finding["candles"]) == ("error", "geometry", 1)


def test_scenario_is_stored_and_shown_as_simulated(invoke: Invoke, database: Database) -> None:
    words = ("scenario", "--pairs", "BTC/USDT", "--timerange", "20240101-20240105", "--seed", "7")
    output = invoke(*words, "--timeframes", "1h", "--timeframes", "4h").stdout
    assert "SIMULATED market stored, seed 7" in output
    store = CandleStore(database)
    assert [len(store.read(_key(timeframe=t))) for t in (Timeframe.H1, Timeframe.H4)] == [96, 24]
    assert "SIMULATED simulated BTC/USDT 1h" in invoke("status").stdout


def test_scenario_can_trend_and_crash(invoke: Invoke, database: Database) -> None:
    words = ("scenario", "--pairs", "BTC/USDT", "--timerange", "20240101-20240105")
    invoke(*words)
    calm = CandleStore(database).read(_key())
    invoke(*words, "--trending", "--crash-at", "2024-01-03T12:00")
    assert not CandleStore(database).read(_key()).equals(calm)


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["--crash-at", "noon"], "time 'noon' is not understood; write 2024-08-05T03:00"),
        (["--timerange", "2024"], "timerange '2024' is not understood"),
        (["--timeframes", "7m"], "timeframe '7m' is not supported"),
        (["--timerange", "20240101-"], "needs a start and an end"),
    ],
)
def test_wrong_scenario_names_the_remedy(invoke: Invoke, words: list[str], match: str) -> None:
    result = invoke("scenario", "--pairs", "BTC/USDT", *words, expect=DataError)
    assert match in str(result.exception)


@pytest.mark.parametrize(
    "command", ["import", "export", "status", "verify", "scenario", "download"]
)
def test_help_of_every_command_shows_an_example(invoke: Invoke, command: str) -> None:
    assert f"proratio data {command}" in " ".join(invoke(command, "--help").stdout.split())


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("download_historical_data.py", "download"),
        ("export_data_for_freqtrade.py", "export"),
        ("check_data_pipeline.py", "verify"),
    ],
)
def test_script_is_the_same_door_as_its_command(tmp_path: Path, script: str, word: str) -> None:
    child = subprocess.run(
        [sys.executable, "-W", "ignore", ROOT / "scripts" / script, "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "100"},
    )
    assert f"Usage: proratio data {word}" in " ".join(child.stdout.split())


def test_series_that_were_only_voted_on_are_no_candles(
    invoke: Invoke, files: Path, database: Database
) -> None:
    CandleStore(database).ensure(SeriesKey("probes_1", Pair.parse("BTC/USDT"), Timeframe.H1))
    assert "nothing is stored yet" in invoke("status").stdout
