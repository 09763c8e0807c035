"""Counted by month in UTC, whatever is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from proratio_core.candles.feather import export_series
from proratio_core.candles.gaps import Gap, GapLedger
from proratio_core.candles.store import CandleStore
from proratio_core.database import Database
from proratio_tradehub.dashboard.data.queries import (
    exported_version,
    read_gaps,
    read_months,
    read_series,
)
from tests.core.candles.candle_frames import candles, funding
from tests.tradehub.dashboard.data.made import FUNDING, HOURLY

BEGIN = datetime(2024, 1, 31, 22, tzinfo=UTC)


def test_months_are_counted_for_candles_and_for_funding(database: Database) -> None:
    store = CandleStore(database)
    store.write(HOURLY.key, candles(5, start=BEGIN))
    store.write(FUNDING.key, funding(2, start=BEGIN))
    hourly, rates = read_series(database)
    january, february = read_months(database, hourly)
    assert (january.month, january.rows) == (datetime(2024, 1, 1, tzinfo=UTC), 2)
    assert (february.month, february.rows) == (datetime(2024, 2, 1, tzinfo=UTC), 3)
    assert february.last_open_time == BEGIN + timedelta(hours=4)
    assert [month.rows for month in read_months(database, rates)] == [1, 1]


def test_confirmed_gaps_come_newest_first_and_no_more_than_asked(database: Database) -> None:
    hour = timedelta(hours=1)
    gaps = [Gap(BEGIN + day * 24 * hour, BEGIN + day * 24 * hour, 1) for day in range(3)]
    GapLedger(database).record(HOURLY.key, gaps, reason="an outage")
    (stored,) = read_series(database)
    newest, second = read_gaps(database, [stored.id], most=2)
    assert newest.first_open_time == BEGIN + 48 * hour
    assert (second.series, second.reason) == ("binance BTC/USDT 1h", "an outage")
    assert not read_gaps(database, [stored.id + 1], most=2)


def test_freqtrades_file_tells_its_version(database: Database, tmp_path: Path) -> None:
    store = CandleStore(database)
    store.write(HOURLY.key, candles(5, start=BEGIN))
    (stored,) = read_series(database)
    assert exported_version(tmp_path, stored) is None
    export_series(store, None, tmp_path)
    assert exported_version(tmp_path, stored) == stored.version
