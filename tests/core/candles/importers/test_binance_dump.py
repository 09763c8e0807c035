"""Binance's dumps in every form they were ever published."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from proratio_core.candles.importers.binance_dump import read_binance_dump
from proratio_core.errors import DataError
from tests.core.candles.candle_frames import FUNDING, MARK, PERPETUAL, SPOT, candles, funding
from tests.core.candles.importers.dump_files import funding_text, kline_text, write_dump

NAME = "BTCUSDT-1h-2024-01.zip"


@pytest.mark.parametrize("suffix", [".zip", ".csv"])
@pytest.mark.parametrize("unit", ["ms", "us"])
@pytest.mark.parametrize("header", [True, False])
def test_klines_are_read_in_every_form(
    tmp_path: Path, suffix: str, unit: str, *, header: bool
) -> None:
    text = kline_text(candles(), unit=unit, header=header)
    path = write_dump(tmp_path / f"BTCUSDT-1h-2024-01{suffix}", text)
    pd.testing.assert_frame_equal(read_binance_dump(path, SPOT), candles())


def test_dump_that_changes_from_milliseconds_to_microseconds_is_one_series(tmp_path: Path) -> None:
    frame = candles()
    text = kline_text(frame.iloc[:10]) + kline_text(frame.iloc[10:], unit="us")
    pd.testing.assert_frame_equal(read_binance_dump(write_dump(tmp_path / NAME, text), SPOT), frame)


def test_mark_prices_are_klines_without_volume(tmp_path: Path) -> None:
    frame = candles().assign(volume=0.0)
    path = write_dump(tmp_path / NAME, kline_text(frame, header=True))
    pd.testing.assert_frame_equal(read_binance_dump(path, MARK), frame)


def test_funding_times_are_floored_to_the_second(tmp_path: Path) -> None:
    path = write_dump(
        tmp_path / "BTCUSDT-fundingRate-2024-01.zip", funding_text(funding(), late_ms=7)
    )
    pd.testing.assert_frame_equal(read_binance_dump(path, FUNDING), funding(), rtol=0, atol=1e-8)


def test_matching_checksum_is_accepted(tmp_path: Path) -> None:
    path = write_dump(tmp_path / NAME, kline_text(candles()), checksum=True)
    assert len(read_binance_dump(path, SPOT)) == 24


def test_damaged_dump_fails_its_checksum(tmp_path: Path) -> None:
    path = write_dump(tmp_path / NAME, kline_text(candles()), checksum=True)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"SHA-256 is .*CHECKSUM says .*damaged, get both again"):
        read_binance_dump(path, SPOT)


def test_empty_checksum_file_is_no_match(tmp_path: Path) -> None:
    path = write_dump(tmp_path / NAME, kline_text(candles()))
    path.with_name(f"{path.name}.CHECKSUM").touch()
    with pytest.raises(DataError, match="says nothing"):
        read_binance_dump(path, SPOT)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 but no more", b"plain text"])
def test_file_that_is_no_archive_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / NAME
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"not readable \(.*get the dump again"):
        read_binance_dump(path, SPOT)


def test_truncated_archive_is_unreadable(tmp_path: Path) -> None:
    path = write_dump(tmp_path / NAME, kline_text(candles(500)))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="not readable"):
        read_binance_dump(path, SPOT)


@pytest.mark.parametrize("names", [[], ["a.csv", "b.csv"], ["a.txt"]])
def test_archive_of_anything_but_one_csv_is_refused(tmp_path: Path, names: list[str]) -> None:
    with zipfile.ZipFile(tmp_path / NAME, "w") as archive:
        for name in names:
            archive.writestr(name, kline_text(candles()))
    with pytest.raises(DataError, match=r"holds (nothing|a\.).*expected exactly one CSV"):
        read_binance_dump(tmp_path / NAME, SPOT)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "not one of Binance's dumps .*Empty CSV"),
        ("<html>not found</html>\n<p>1,2</p>\n", "expected the 12 columns open_time, open"),
        ("1704067200000,1,2\n", "expected the 12 columns"),
        (kline_text(candles(2)).replace("1000.5", "a,b"), "expected the 12 columns"),
        (kline_text(candles(2)) + "x" * 5 + ",1" * 11 + "\n", "not one of Binance's dumps"),
        ("1704067200000,,2,1,1.5,3,1704070799999,1,1,1,1,0\n", "column open has empty fields"),
    ],
)
def test_text_that_is_no_kline_dump_is_refused(tmp_path: Path, text: str, match: str) -> None:
    path = write_dump(tmp_path / "BTCUSDT-1h-2024-01.csv", text)
    with pytest.raises(DataError, match=match) as caught:
        read_binance_dump(path, SPOT)
    assert "again" in str(caught.value)


def test_candle_of_another_length_is_refused_with_its_row(tmp_path: Path) -> None:
    text = kline_text(candles(3)) + kline_text(candles(1, start=candles(4)["date"][3]), minutes=5)
    path = write_dump(tmp_path / NAME, text)
    with pytest.raises(DataError, match=r"row 4 is a candle of 5 minutes, the name says 1h.*mixes"):
        read_binance_dump(path, PERPETUAL)
