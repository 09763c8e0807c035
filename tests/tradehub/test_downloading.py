"""Which series a download means, and that they arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proratio_core.candles import CandleStore
from proratio_core.clock import FixedClock
from proratio_core.database import Database
from proratio_core.errors import DataError, TransientError
from proratio_core.exchange import load_rules
from proratio_core.replay import ReplayServer
from proratio_core.settings import Settings
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from proratio_tradehub.downloading import default_timerange, download_series, series_of
from tests.wire.markets import PERPETUAL, SPOT, START, candles, perpetual_market, spot_market

HOURLY = SeriesKey("binance", SPOT, Timeframe.H1)
Told = list[tuple[SeriesKey, int, int]]


def download(
    database: Database, clock: FixedClock, url: str, *keys: SeriesKey, told: Told | None = None
) -> list[int]:
    def tell(key: SeriesKey, done: int, expected: int) -> None:
        if told is not None:
            told.append((key, done, expected))

    reports = download_series(
        keys,
        Timerange(START, None),
        settings=Settings(PRORATIO_EXCHANGE_URL=url),
        database=database,
        clock=clock,
        progress=tell,
    )
    return [report.inserted for report in reports]


def test_a_spot_pair_is_its_candles_in_every_timeframe() -> None:
    keys = series_of("binance", [SPOT], [Timeframe.H1, Timeframe.H4, Timeframe.H1])
    assert keys == (HOURLY, SeriesKey("binance", SPOT, Timeframe.H4))


def test_a_perpetual_also_needs_hourly_mark_prices_and_funding_once() -> None:
    keys = series_of("binance", [PERPETUAL], [Timeframe.M5, Timeframe.H4])
    assert [(key.timeframe, key.kind) for key in keys] == [
        (Timeframe.M5, SeriesKind.CANDLE),
        (Timeframe.H4, SeriesKind.CANDLE),
        (Timeframe.H1, SeriesKind.MARK),
        (Timeframe.H1, SeriesKind.FUNDING),
    ]


def test_every_series_of_the_pairs_arrives_and_is_told_of(database: Database) -> None:
    clock, told = FixedClock(START + timedelta(hours=48)), Told()
    keys = series_of("binance", [SPOT, PERPETUAL], [Timeframe.H1])
    markets = [spot_market(candles(48)), perpetual_market(48)]
    with ReplayServer(markets, clock, record="binance") as server:
        assert download(database, clock, server.url, *keys, told=told) == [48, 48, 48, 6]
    assert {key for key, done, expected in told if done == expected} == set(keys)
    assert load_rules(database, "binance") == {}, "a replay states nothing new"


def test_an_unknown_pair_stops_everything_before_it_starts(database: Database) -> None:
    clock = FixedClock(START + timedelta(hours=48))
    unknown = SeriesKey("binance", Pair.parse("ETH/USDT"), Timeframe.H1)
    with ReplayServer([spot_market(candles(48))], clock, record="binance") as server:
        with pytest.raises(DataError, match="does not trade ETH/USDT"):
            download(database, clock, server.url, HOURLY, unknown)
        assert server.requests["/api/v3/klines"] == 0


def test_an_exchange_that_does_not_answer_is_given_up_within_seconds(database: Database) -> None:
    clock = FixedClock(START)
    with pytest.raises(TransientError, match="Check the network"):
        download(database, clock, "http://127.0.0.1:1", HOURLY)
    assert sum(clock.slept_s) < 5


def test_by_default_a_new_series_is_a_year_and_a_known_one_goes_on(database: Database) -> None:
    store, clock = CandleStore(database), FixedClock(datetime(2025, 1, 1, tzinfo=UTC))
    assert default_timerange(store, HOURLY, clock=clock) == Timerange(
        datetime(2024, 1, 2, tzinfo=UTC), None
    )
    store.write(HOURLY, candles(3))
    assert default_timerange(store, HOURLY, clock=clock) == Timerange(START, None)
