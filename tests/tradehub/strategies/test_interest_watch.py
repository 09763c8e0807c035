"""A trading process knows open interest without waiting for it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from proratio_core.clock import FixedClock, to_ms
from proratio_core.database import Database
from proratio_core.derivatives import OpenInterest, OpenInterestStore
from proratio_core.settings import Settings
from proratio_core.values import Pair, SeriesKey, Timeframe
from proratio_tradehub.strategies.interest_watch import InterestWatch

KEY = SeriesKey("binance", Pair.parse("BTC/USDT:USDT"), Timeframe.M3)
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_it_is_read_in_the_background_and_again_when_it_is_time(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    store, clock = OpenInterestStore(database), FixedClock(NOW)
    store.add("binance", [OpenInterest(KEY.pair, to_ms(NOW), 7.0)])
    watch = InterestWatch(
        Settings(PRORATIO_USER_DATA=tmp_path, DATABASE_URL=database_url), clock=clock
    )
    try:
        assert watch.of(str(KEY.pair)) is None  # nobody has read anything
        assert _known(watch, 1) == [7.0]
        store.add("binance", [OpenInterest(KEY.pair, to_ms(NOW) + 1, 8.0)])
        watch.refresh([KEY])
        assert _known(watch, 1) == [7.0]  # not due
        clock.sleep(10.0)
        assert _known(watch, 2) == [7.0, 8.0]
    finally:
        watch.close()


def _known(watch: InterestWatch, figures: int) -> list[float]:
    """Return what is known once there are so many figures."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        watch.refresh([KEY])
        frame = watch.of(str(KEY.pair))
        if frame is not None and len(frame) == figures:
            return [float(amount) for amount in frame["open_interest"]]
        time.sleep(0.02)
    raise AssertionError("nothing was read")
