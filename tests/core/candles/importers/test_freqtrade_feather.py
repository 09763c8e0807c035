"""Freqtrade's feather files, current and older, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather

from proratio_core.candles.importers.freqtrade_feather import read_freqtrade_feather
from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey, Timeframe
from tests.core.candles.candle_frames import FUNDING, SPOT, candles, funding

SIMULATED = SeriesKey("simulated", Pair.parse("BTC/USDT"), Timeframe.H1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "BTC_USDT-1h.feather"


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_candles_are_read_whatever_the_unit_of_their_dates(path: Path, unit: str) -> None:
    frame = candles()
    frame.assign(date=frame["date"].dt.as_unit(unit)).to_feather(path)
    pd.testing.assert_frame_equal(read_freqtrade_feather(path, SPOT), frame)


def test_integer_prices_become_floats_and_other_columns_are_left(path: Path) -> None:
    frame = candles().assign(volume=5, trades=3)
    frame.to_feather(path)
    expected = candles().assign(volume=5.0)
    pd.testing.assert_frame_equal(read_freqtrade_feather(path, SPOT), expected)


def test_funding_is_read_in_the_current_and_in_the_older_layout(path: Path) -> None:
    frame = funding()
    frame.to_feather(path)
    pd.testing.assert_frame_equal(read_freqtrade_feather(path, FUNDING), frame)
    older = frame.rename(columns={"funding_rate": "open"})
    older.assign(high=0.0, low=0.0, close=0.0, volume=0.0).to_feather(path)
    pd.testing.assert_frame_equal(read_freqtrade_feather(path, FUNDING), frame)


def test_funding_times_are_floored_to_the_second(path: Path) -> None:
    frame = funding()
    frame.assign(date=frame["date"] + pd.Timedelta("3ms")).to_feather(path)
    pd.testing.assert_frame_equal(read_freqtrade_feather(path, FUNDING), frame)


@pytest.mark.parametrize("content", [b"", b"ARROW1", b"open,high,low\n1,2,3\n"])
def test_file_that_is_no_feather_is_unreadable(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"not a readable feather file \(.+\); get it again"):
        read_freqtrade_feather(path, SPOT)


def test_truncated_file_is_unreadable(path: Path) -> None:
    candles(500).to_feather(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match="not a readable feather file"):
        read_freqtrade_feather(path, SPOT)


def test_missing_columns_name_what_came_and_what_was_expected(path: Path) -> None:
    candles().drop(columns=["volume"]).to_feather(path)
    with pytest.raises(
        DataError, match=r"are date, open, high, low, close; expected .*volume: get"
    ):
        read_freqtrade_feather(path, SPOT)


def test_missing_funding_rate_is_refused(path: Path) -> None:
    funding().rename(columns={"funding_rate": "rate"}).to_feather(path)
    with pytest.raises(DataError, match="the columns are date, rate; expected"):
        read_freqtrade_feather(path, FUNDING)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_dates_that_are_not_utc_are_refused(path: Path, zone: str | None) -> None:
    frame = candles()
    frame.assign(date=frame["date"].dt.tz_convert(zone)).to_feather(path)
    with pytest.raises(DataError, match="expected a timestamp in UTC"):
        read_freqtrade_feather(path, SPOT)


def test_dates_finer_than_a_millisecond_are_refused_not_cut(path: Path) -> None:
    frame = candles()
    dates = frame["date"].dt.as_unit("us") + pd.Timedelta("1us")
    frame.assign(date=dates).to_feather(path)
    with pytest.raises(DataError, match="expected times in whole milliseconds and numbers"):
        read_freqtrade_feather(path, SPOT)


def test_text_where_prices_should_be_is_refused(path: Path) -> None:
    candles().assign(close="high").to_feather(path)
    with pytest.raises(DataError, match="a column is not what it should be"):
        read_freqtrade_feather(path, SPOT)


def test_missing_date_is_refused(path: Path) -> None:
    frame = candles()
    frame.loc[3, "date"] = pd.NaT
    frame.to_feather(path)
    with pytest.raises(DataError, match="1 candles have no date"):
        read_freqtrade_feather(path, SPOT)


def test_simulated_file_never_becomes_real_data(path: Path) -> None:
    table = pa.Table.from_pandas(candles(), preserve_index=False)
    marked = table.replace_schema_metadata({"proratio.simulated": "true"})
    feather.write_feather(marked, path)
    with pytest.raises(DataError, match=r"marked SIMULATED.*--exchange simulated"):
        read_freqtrade_feather(path, SPOT)
    assert len(read_freqtrade_feather(path, SIMULATED)) == 24
