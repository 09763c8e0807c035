"""The price path and the candles of a recorded market at a moment."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.candles.resampling import resample
from proratio_core.clock import to_ms
from proratio_core.replay.market import Candle, RecordedMarket, partial_candle, path_price
from proratio_core.values import SeriesKind, Timeframe
from tests.wire.markets import RULES, SPOT, START, candles, perpetual_market, spot_market

MS = to_ms(START)
HOUR = Timeframe.H1.ms
RISING, FALLING = Candle(10.0, 13.0, 9.0, 12.0, 6.0), Candle(12.0, 13.0, 9.0, 10.0, 6.0)

TICKS = st.integers(100, 100_000)


@st.composite
def some_candle(draw: st.DrawFn) -> Candle:
    low, *inner, high = sorted(draw(st.lists(TICKS, min_size=4, max_size=4)))
    opened, closed = draw(st.permutations(inner))
    return Candle(opened / 100, high / 100, low / 100, closed / 100, draw(st.integers(0, 99)) / 10)


@pytest.mark.parametrize(
    ("candle", "prices"),
    [(RISING, [10.0, 9.0, 13.0, 12.0]), (FALLING, [12.0, 13.0, 9.0, 10.0])],
)
def test_the_path_visits_low_and_high_in_the_order_of_the_candle(
    candle: Candle, prices: list[float]
) -> None:
    assert [path_price(candle, third / 3) for third in range(4)] == pytest.approx(prices)


@given(candle=some_candle(), steps=st.lists(st.floats(-0.5, 1.5), min_size=2, max_size=8))
def test_a_candle_in_progress_only_grows_and_ends_as_the_whole(
    candle: Candle, steps: list[float]
) -> None:
    seen = [partial_candle(candle, step, price_tick=0.01) for step in sorted(steps)]
    for part in seen:
        assert candle.low <= part.low <= min(part.open, part.close)
        assert candle.high >= part.high >= max(part.open, part.close)
        assert part.open == candle.open
    for earlier, later in itertools.pairwise(seen):
        assert earlier.low >= later.low
        assert earlier.high <= later.high
        assert earlier.volume <= later.volume
    assert partial_candle(candle, 1, price_tick=0.01) == candle


def test_closed_candles_are_served_as_recorded_and_the_current_one_in_part() -> None:
    frame = candles(10)
    rows = spot_market(frame).klines(Timeframe.H1, MS + 4 * HOUR + HOUR // 2, limit=100)
    assert [time for time, _ in rows] == [MS + n * HOUR for n in range(5)]
    recorded = [Candle(*row) for row in frame.drop(columns="date").head(5).to_numpy().tolist()]
    assert [candle for _, candle in rows[:4]] == recorded[:4]
    assert rows[4][1] == partial_candle(recorded[4], 0.5, price_tick=0.01)


def test_longer_candles_and_the_price_agree_with_the_shorter_ones() -> None:
    frame = candles(48, timeframe=Timeframe.M5)
    market = spot_market(frame, Timeframe.M5)
    now_ms = MS + 2 * HOUR + 17 * 60_000
    hourly = market.klines(Timeframe.H1, now_ms, limit=10)
    longer = resample(frame, Timeframe.M5, Timeframe.H1).drop(columns="date").to_numpy()
    assert [candle for _, candle in hourly[:2]] == [Candle(*row) for row in longer[:2].tolist()]
    short = market.klines(Timeframe.M5, now_ms, limit=4)
    assert hourly[2][1].open == short[0][1].open
    assert hourly[2][1].high == max(candle.high for _, candle in short)
    assert hourly[2][1].low == min(candle.low for _, candle in short)
    assert hourly[2][1].close == short[-1][1].close == market.price(now_ms)


@pytest.mark.parametrize(
    ("limit", "start", "end", "expected"),
    [
        (3, None, None, [3, 4, 5]),
        (3, 1, None, [1, 2, 3]),
        (9, 4, None, [4, 5]),
        (9, None, 2, [0, 1, 2]),
        (2, 0, 2, [0, 1]),
        (9, 7, None, []),
        (9, 5, 5, [5]),
    ],
)
def test_a_page_is_cut_as_the_exchange_cuts_it(
    limit: int, start: int | None, end: int | None, expected: list[int]
) -> None:
    rows = spot_market(candles(10)).klines(
        Timeframe.H1,
        MS + 5 * HOUR + 1,
        limit=limit,
        start_ms=None if start is None else MS + start * HOUR,
        end_ms=None if end is None else MS + end * HOUR,
    )
    assert [(time - MS) // HOUR for time, _ in rows] == expected


@given(now=st.integers(0, 30 * HOUR), later=st.integers(0, 10 * HOUR))
def test_what_is_closed_never_changes_as_time_goes_on(now: int, later: int) -> None:
    market = spot_market(candles(24, without={7, 8}))
    before = market.klines(Timeframe.H1, MS + now, limit=100)
    after = market.klines(Timeframe.H1, MS + now + later, limit=100)
    closed = [row for row in before if row[0] + HOUR <= MS + now]
    assert after[: len(closed)] == closed


def test_inside_a_gap_the_last_close_stands_and_no_candle_is_invented() -> None:
    frame = candles(10, without={4})
    market = spot_market(frame)
    now_ms = MS + 4 * HOUR + 1
    assert market.price(now_ms) == frame["close"].iloc[3]
    assert market.in_progress(Timeframe.H1, now_ms) is None
    assert market.klines(Timeframe.H1, now_ms, limit=9)[-1][0] == MS + 3 * HOUR


def test_before_the_first_candle_there_is_no_price() -> None:
    market = spot_market(candles(10))
    assert market.price(MS - 1) is None
    assert market.klines(Timeframe.H1, MS - 1, limit=9) == []


def test_the_finest_recording_that_covers_the_moment_is_used() -> None:
    hourly = candles(48)
    fine = candles(12, timeframe=Timeframe.M5, start=START + timedelta(hours=24), level=50_000.0)
    market = RecordedMarket(SPOT, RULES, {Timeframe.H1: hourly, Timeframe.M5: fine})
    within, after = MS + 24 * HOUR + 60_000, MS + 40 * HOUR
    assert market.price(within) == pytest.approx(50_000, rel=0.01)
    assert market.price(after) == hourly["open"].iloc[40]


def test_a_timeframe_shorter_than_any_recorded_one_is_empty() -> None:
    assert spot_market(candles(10)).klines(Timeframe.M5, MS + 5 * HOUR, limit=9) == []


def test_mark_prices_have_a_path_of_their_own() -> None:
    market = perpetual_market(24)
    now_ms = MS + 5 * HOUR
    traded, marked = market.price(now_ms), market.price(now_ms, kind=SeriesKind.MARK)
    assert traded is not None
    assert marked is not None
    assert not np.isclose(traded, marked)


def test_a_delisted_pair_is_known_until_it_is_not() -> None:
    market = replace(spot_market(candles(4)), delisted_ms=to_ms(START) + HOUR)
    assert market.is_listed(to_ms(START) + HOUR - 1)
    assert not market.is_listed(to_ms(START) + HOUR)
    assert spot_market(candles(4)).is_listed(to_ms(START))


def test_the_span_reaches_over_every_timeframe_to_the_end_of_the_last_candle() -> None:
    hours, days = candles(30), candles(2, timeframe=Timeframe.D1)
    market = RecordedMarket(SPOT, RULES, {Timeframe.H1: hours, Timeframe.D1: days})

    assert market.span_ms == (MS, MS + 48 * HOUR)
