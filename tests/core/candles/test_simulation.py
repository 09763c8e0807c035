"""The scenario market in the store: labelled, replaced as a whole, timeframes that agree."""

from __future__ import annotations

import pandas as pd
import pytest

from proratio_core.candles import CandleStore, resample, store_scenario
from proratio_core.candles.validation import check_frame, errors_of
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey, Timeframe, Timerange
from tests.core.candles.candle_frames import NOW

PAIRS = [Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT")]
TIMEFRAMES = [Timeframe.H1, Timeframe.M15]
MONTH = Timerange.parse("20240101-20240201")


def test_scenario_is_stored_as_simulated_in_timeframes_that_agree(database: Database) -> None:
    store = CandleStore(database)
    keys = store_scenario(store, PAIRS, TIMEFRAMES, timerange=MONTH)
    assert [stored.key for stored in store.series()] == sorted(
        keys, key=lambda key: (str(key.pair), key.timeframe.minutes)
    )
    assert all(key.is_simulated for key in keys)
    for pair in PAIRS:
        quarter, hour = (
            store.read(SeriesKey("simulated", pair, timeframe))
            for timeframe in (Timeframe.M15, Timeframe.H1)
        )
        pd.testing.assert_frame_equal(resample(quarter, Timeframe.M15, Timeframe.H1), hour)
        assert len(hour) == 31 * 24
        assert errors_of(check_frame(hour, keys[0], now=NOW)) == ()


def test_equal_scenario_changes_nothing_and_a_shorter_one_replaces_it(database: Database) -> None:
    store = CandleStore(database)
    (key,) = store_scenario(store, PAIRS[:1], [Timeframe.H1], timerange=MONTH)
    version = store.find([key])[key].version
    store_scenario(store, PAIRS[:1], [Timeframe.H1], timerange=MONTH)
    assert store.find([key])[key].version == version
    week = Timerange.parse("20240103-20240110")
    store_scenario(store, PAIRS[:1], [Timeframe.H1], timerange=week, seed=2)
    span = store.span(key)
    assert span is not None
    assert (span[0].day, span[1].day) == (3, 9)
    assert store.find([key])[key].version == version + 1


@pytest.mark.parametrize(
    ("pairs", "timerange", "match"),
    [
        (PAIRS, Timerange.parse("20240101-"), "needs a start and an end, not 20240101-"),
        ([Pair.parse("BTC/USDT:USDT")], MONTH, "spot pairs only, not BTC/USDT:USDT"),
    ],
)
def test_impossible_scenario_is_refused_before_anything_is_stored(
    database: Database, pairs: list[Pair], timerange: Timerange, match: str
) -> None:
    store = CandleStore(database)
    with pytest.raises(DataError, match=match):
        store_scenario(store, pairs, TIMEFRAMES, timerange=timerange)
    assert store.series() == ()
