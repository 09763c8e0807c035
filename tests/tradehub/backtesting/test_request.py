from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from proratio_core.candles import CandleStore
from proratio_core.candles.frame import make_frame
from proratio_core.clock import to_ms
from proratio_core.database import Database
from proratio_core.errors import DataError
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_tradehub.backtesting.request import (
    BacktestRequest,
    resolve_timerange,
    series_to_export,
)

PAIRS = (Pair.parse("BTC/USDT"), Pair.parse("ETH/USDT"))
REQUEST = BacktestRequest("AIEnhancedTrend", "binance", PAIRS, Timeframe.D1, Timerange())


def store_days(store: CandleStore, key: SeriesKey, timerange: str) -> None:
    span = Timerange.parse(timerange)
    assert span.start is not None
    assert span.end is not None
    times = np.arange(to_ms(span.start), to_ms(span.end), Timeframe.D1.ms, dtype=np.int64)
    names = (
        ("funding_rate",)
        if key.kind is SeriesKind.FUNDING
        else ("open", "high", "low", "close", "volume")
    )
    store.write(key, make_frame(times, {name: np.full(len(times), 10.0) for name in names}))


@pytest.fixture
def store(database: Database) -> CandleStore:
    store = CandleStore(database)
    store_days(store, REQUEST.series[0], "20240101-20240301")
    store_days(store, REQUEST.series[1], "20240115-20240401")
    return store


@pytest.mark.parametrize(
    ("asked", "resolved"),
    [
        ("20240120-20240210", "20240120-20240210"),
        ("20240120-", "20240120-20240301"),
        ("-20240210", "20240115-20240210"),
        ("20230101-20250101", "20230101-20250101"),
    ],
)
def test_open_ends_are_what_every_pair_has(store: CandleStore, asked: str, resolved: str) -> None:
    request = replace(REQUEST, timerange=Timerange.parse(asked))

    assert str(resolve_timerange(request, store)) == resolved


def test_no_timerange_is_all_that_every_pair_has(store: CandleStore) -> None:
    assert str(resolve_timerange(REQUEST, store)) == "20240115-20240301"


@pytest.mark.parametrize("asked", ["20240301-20240310", "20230101-20240115", "20240401-"])
def test_a_timerange_without_candles_says_what_there_is(store: CandleStore, asked: str) -> None:
    request = replace(REQUEST, timerange=Timerange.parse(asked))

    with pytest.raises(DataError, match="from 2024-01-15 00:00 to 2024-03-01 00:00 UTC"):
        resolve_timerange(request, store)


def test_a_pair_without_candles_says_what_there_is_of_it_and_how_to_get_more(
    store: CandleStore,
) -> None:
    request = replace(REQUEST, timeframe=Timeframe.H1)

    with pytest.raises(DataError, match=r"there is: binance 1d.*proratio data download"):
        resolve_timerange(request, store)


def test_perpetuals_are_exported_with_their_mark_prices_and_funding(store: CandleStore) -> None:
    perpetual = Pair.parse("BTC/USDT:USDT")
    candles = SeriesKey("binance", perpetual, Timeframe.D1)
    mark = SeriesKey("binance", perpetual, Timeframe.D1, SeriesKind.MARK)
    funding = SeriesKey("binance", perpetual, Timeframe.D1, SeriesKind.FUNDING)
    for key in (candles, mark, funding):
        store_days(store, key, "20240101-20240110")

    keys = series_to_export(replace(REQUEST, pairs=(perpetual,)), store)

    assert keys[0] == candles
    assert set(keys[1:]) == {mark, funding}


def test_spot_pairs_are_exported_alone(store: CandleStore) -> None:
    assert series_to_export(REQUEST, store) == REQUEST.series
