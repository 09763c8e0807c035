"""When a streamed series wants to be asked for."""

from __future__ import annotations

import pytest

from proratio_core.streaming.progress import SeriesProgress
from proratio_core.values import SeriesKey, Timeframe
from tests.wire.markets import SPOT

KEY = SeriesKey("binance", SPOT, Timeframe.M1)
MINUTE = 60_000
NOON = 1_700_000_040_000


def at_noon() -> SeriesProgress:
    progress = SeriesProgress(KEY, is_broken=False)
    progress.repaired(NOON, NOON)
    return progress


def test_a_new_series_is_asked_for_at_once() -> None:
    assert SeriesProgress(KEY).wants_repair(0)


def test_candles_in_order_need_no_question() -> None:
    progress = at_noon()
    for minute in range(3):
        progress.stored(NOON + minute * MINUTE)
        assert not progress.wants_repair(NOON + (minute + 1) * MINUTE)
    assert progress.next_ms == NOON + 3 * MINUTE


def test_a_hole_in_the_stream_breaks_the_series_and_a_repeated_candle_does_not() -> None:
    progress = at_noon()
    progress.stored(NOON - MINUTE)
    assert not progress.is_broken
    progress.stored(NOON + MINUTE)
    assert progress.is_broken
    assert progress.next_ms == NOON


@pytest.mark.parametrize(("after_ms", "wanted"), [(2_999, False), (3_000, True)])
def test_a_candle_the_stream_does_not_close_is_asked_for(after_ms: int, wanted: bool) -> None:
    assert at_noon().wants_repair(NOON + MINUTE + after_ms) is wanted


@pytest.mark.parametrize(("after_ms", "wanted"), [(14_999, False), (15_000, True)])
def test_a_candle_the_exchange_lacks_is_asked_for_again_later(after_ms: int, wanted: bool) -> None:
    progress, asked = at_noon(), NOON + MINUTE + 4_000
    progress.repaired(NOON, asked)
    assert progress.wants_repair(asked + after_ms) is wanted


def test_what_was_streamed_is_confirmed_after_five_minutes() -> None:
    progress = at_noon()
    for minute in range(5):
        progress.stored(NOON + minute * MINUTE)
    assert not progress.wants_repair(NOON + MINUTE + 299_999)
    progress.stored(NOON + 5 * MINUTE)
    assert progress.wants_repair(NOON + MINUTE + 300_000)


def test_an_answer_older_than_the_stream_does_not_set_it_back() -> None:
    progress = at_noon()
    progress.stored(NOON)
    progress.repaired(NOON - MINUTE, NOON + MINUTE)
    assert (progress.next_ms, progress.confirmed_ms) == (NOON + MINUTE, NOON)
