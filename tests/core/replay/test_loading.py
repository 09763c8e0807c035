"""Recorded markets out of the database."""

from __future__ import annotations

import pytest
from pandas.testing import assert_frame_equal

from proratio_core.candles import CandleStore
from proratio_core.clock import from_ms, to_ms
from proratio_core.database import Database
from proratio_core.derivatives import OpenInterest, OpenInterestStore
from proratio_core.errors import DataError
from proratio_core.exchange import assumed_rules
from proratio_core.replay import answers, load_markets, shift_markets
from proratio_core.values import Pair, SeriesKey, SeriesKind, Timeframe, Timerange
from tests.wire.markets import PERPETUAL, SPOT, START, candles, perpetual_market

DAY_MS = 86_400_000
FIGURES = [
    OpenInterest(PERPETUAL, to_ms(START) + hour * 3_600_000, 100.0 + hour) for hour in range(3)
]


@pytest.fixture
def stocked(database: Database) -> Database:
    store, market = CandleStore(database), perpetual_market(48)
    store.write(SeriesKey("binance", SPOT, Timeframe.H1), candles(48))
    store.write(SeriesKey("binance", PERPETUAL, Timeframe.H1), market.candles[Timeframe.H1])
    mark = SeriesKey("binance", PERPETUAL, Timeframe.H1, SeriesKind.MARK)
    store.write(mark, market.mark[Timeframe.H1])
    rates = SeriesKey("binance", PERPETUAL, Timeframe.H1, SeriesKind.FUNDING)
    store.write(rates, market.funding)
    OpenInterestStore(database).add("binance", FIGURES)
    OpenInterestStore(database).add("replay", [OpenInterest(PERPETUAL, to_ms(START), 7.0)])
    return database


def test_every_series_of_every_pair_is_loaded_with_its_rules(stocked: Database) -> None:
    spot, perpetual = load_markets(stocked, "binance")
    assert (spot.pair, perpetual.pair) == (SPOT, PERPETUAL)
    assert spot.rules == assumed_rules(candles(48))
    expected = perpetual_market(48)
    assert_frame_equal(perpetual.candles[Timeframe.H1], expected.candles[Timeframe.H1])
    assert_frame_equal(perpetual.mark[Timeframe.H1], expected.mark[Timeframe.H1])
    assert_frame_equal(perpetual.funding, expected.funding)
    assert perpetual.open_interest["open_interest"].tolist() == [100.0, 101.0, 102.0]
    assert spot.open_interest.empty


def test_only_the_pairs_asked_for_are_loaded(stocked: Database) -> None:
    assert [m.pair for m in load_markets(stocked, "binance", pairs=[SPOT])] == [SPOT]


@pytest.mark.parametrize(
    ("exchange", "pairs", "named"),
    [("kraken", [], "anything from kraken"), ("binance", [Pair.parse("ETH/USDT")], "ETH/USDT")],
)
def test_what_is_not_stored_is_named_with_the_remedy(
    stocked: Database, exchange: str, pairs: list[Pair], named: str
) -> None:
    with pytest.raises(DataError, match=f"{named}.*candles: binance.*data download"):
        load_markets(stocked, exchange, pairs=pairs)


def test_a_moved_market_is_the_same_market_later() -> None:
    market = perpetual_market(48)
    (moved,) = shift_markets([market], 10 * DAY_MS)
    now_ms = to_ms(START) + 30 * Timeframe.H1.ms + 1_234
    assert moved.price(now_ms + 10 * DAY_MS) == market.price(now_ms)
    assert moved.candles[Timeframe.H1]["date"].dtype == market.candles[Timeframe.H1]["date"].dtype
    assert moved.funding["date"].iloc[0] == market.funding["date"].iloc[0] + (
        moved.mark[Timeframe.H1]["date"].iloc[0] - market.mark[Timeframe.H1]["date"].iloc[0]
    )


def test_moved_open_interest_is_the_same_figure_at_its_own_moment_later(
    stocked: Database,
) -> None:
    (market,) = load_markets(stocked, "binance", pairs=[PERPETUAL])
    (moved,) = shift_markets([market], 10 * DAY_MS)
    now_ms = to_ms(START) + 90 * 60_000
    document = answers.open_interest(market, now_ms)
    assert document is not None
    assert document["time"] == to_ms(START) + 60 * 60_000
    later = answers.open_interest(moved, now_ms + 10 * DAY_MS)
    assert later == {**document, "time": document["time"] + 10 * DAY_MS}
    assert answers.open_interest(moved, now_ms) is None


def test_a_move_off_the_daily_grid_is_refused() -> None:
    with pytest.raises(DataError, match="whole days"):
        shift_markets([perpetual_market(48)], Timeframe.H1.ms)


def test_only_the_rows_and_the_lengths_that_are_asked_for_are_loaded(stocked: Database) -> None:
    CandleStore(stocked).write(
        SeriesKey("binance", SPOT, Timeframe.M5), candles(48, timeframe=Timeframe.M5)
    )
    span = Timerange(START, from_ms(to_ms(START) + 10 * Timeframe.H1.ms))

    (spot,) = load_markets(
        stocked, "binance", pairs=[SPOT], timerange=span, timeframes=[Timeframe.H1]
    )

    assert list(spot.candles) == [Timeframe.H1]
    assert_frame_equal(spot.candles[Timeframe.H1], candles(10))
    late = Timerange(from_ms(to_ms(START) + Timeframe.H1.ms), None)
    (perpetual,) = load_markets(stocked, "binance", pairs=[PERPETUAL], timerange=late)
    assert perpetual.open_interest["open_interest"].tolist() == [101.0, 102.0]
