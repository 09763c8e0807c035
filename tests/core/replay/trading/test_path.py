"""The way of the price is the one that ticker and candles show."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.replay.trading.path import Leg, legs_between
from tests.core.replay.trading.orders import HOUR_MS, START_MS, market_of


def test_a_candle_is_three_lines_and_a_jump_a_fourth() -> None:
    legs = list(legs_between(market_of(), START_MS, START_MS + 3 * HOUR_MS))
    assert [(leg.start_price, leg.end_price) for leg in legs] == [
        (100, 90), (90, 110), (110, 105),  # rises: low before high
        (105, 106), (106, 95), (95, 96),  # falls: high before low
        (96, 80),
        (80, 78), (78, 85), (85, 84),
    ]  # fmt: skip
    jump = legs[6]
    assert jump.start_ms == jump.end_ms == START_MS + 2 * HOUR_MS
    assert jump.volume_per_ms == 0
    assert sum((leg.end_ms - leg.start_ms) * leg.volume_per_ms for leg in legs) == pytest.approx(
        3 * 36.0
    )


@given(after=st.integers(0, 3 * HOUR_MS), span=st.integers(1, 3 * HOUR_MS))
def test_parts_join_and_agree_with_the_ticker(after: int, span: int) -> None:
    market = market_of()
    start, end = START_MS + after, START_MS + min(after + span, 3 * HOUR_MS)
    legs = list(legs_between(market, start, end))
    for first, second in pairwise(legs):
        assert second.start_ms == pytest.approx(first.end_ms)
        assert second.start_price == pytest.approx(first.end_price)
    if legs and end < START_MS + 3 * HOUR_MS:
        assert legs[-1].end_price == pytest.approx(market.price(end), abs=0.01)
        assert legs[0].start_ms <= start + 1


def test_nothing_happens_before_the_first_candle() -> None:
    assert list(legs_between(market_of(), START_MS - HOUR_MS, START_MS)) == []


def test_a_level_is_crossed_once_and_in_the_right_direction() -> None:
    falling = Leg(0.0, 100.0, 110.0, 100.0, 0.0)
    assert falling.crossing_ms(105.0, falling=True) == 50.0
    assert falling.crossing_ms(99.0, falling=True) is None
    assert falling.crossing_ms(120.0, falling=True) == 0.0
    assert falling.crossing_ms(105.0, falling=False) == 0.0
    rising = Leg(0.0, 100.0, 100.0, 110.0, 0.0)
    assert rising.crossing_ms(107.5, falling=False) == pytest.approx(75.0)
    jump = Leg(5.0, 5.0, 110.0, 90.0, 0.0)
    assert jump.crossing_ms(100.0, falling=True) == 5.0
    assert jump.price_at(5.0) == 90.0
