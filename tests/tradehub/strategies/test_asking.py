from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.candles.filling import fill_missing
from proratio_core.errors import DataError
from proratio_core.values import Timeframe
from proratio_signals.queue import Inquiry
from proratio_signals.snapshot import WINDOW_CANDLES, take_snapshot
from proratio_tradehub.strategies.asking import inquiry_about_last
from tests.signals.samples import BTC, HOUR, candle_frame, close_of

LAST = 400
CLOSE = close_of(LAST - 1)
VALID_FOR = timedelta(minutes=5)
FRAME = candle_frame(LAST)


def ask(frame: pd.DataFrame, *, after_close: timedelta = timedelta(seconds=2)) -> Inquiry | None:
    return inquiry_about_last(frame, BTC, valid_for=VALID_FOR, now=CLOSE + after_close)


def test_question_is_about_the_last_candle_and_the_window_the_bot_saw() -> None:
    inquiry = ask(FRAME.assign(ema_fast=1.0, enter_long=1))
    assert inquiry is not None
    assert inquiry.question.as_of == CLOSE
    assert inquiry.valid_until == CLOSE + VALID_FOR
    assert inquiry.snapshot == take_snapshot(FRAME, BTC, CLOSE)


def test_what_freqtrade_loaded_before_the_window_changes_nothing() -> None:
    whole, tail = ask(FRAME), ask(FRAME.tail(WINDOW_CANDLES).reset_index(drop=True))
    assert whole is not None
    assert whole == tail


def test_candle_that_is_too_old_for_an_entry_is_not_asked_about() -> None:
    assert ask(FRAME, after_close=VALID_FOR) is None


def test_candle_that_has_not_closed_by_our_clock_is_refused() -> None:
    with pytest.raises(DataError, match="synchronise it"):
        ask(FRAME, after_close=timedelta(seconds=-1))


def test_too_short_a_window_is_refused() -> None:
    with pytest.raises(DataError, match=f"a snapshot needs {WINDOW_CANDLES}"):
        ask(FRAME.tail(WINDOW_CANDLES - 1))


@given(st.integers(LAST - WINDOW_CANDLES, LAST - 2))
def test_gap_that_freqtrade_filled_is_still_a_gap(missing: int) -> None:
    filled = fill_missing(FRAME.drop(index=missing).reset_index(drop=True), Timeframe.H1)
    assert len(filled) == LAST
    with pytest.raises(DataError, match="no signal across a gap"):
        ask(filled)


def test_quiet_candle_that_moved_is_no_gap() -> None:
    quiet = FRAME.assign(volume=np.where(FRAME.index == LAST - 5, 0.0, FRAME["volume"]))
    assert ask(quiet) is not None


def test_entries_are_possible_for_a_whole_candle_at_most() -> None:
    late = inquiry_about_last(FRAME, BTC, valid_for=HOUR, now=CLOSE + HOUR - timedelta(seconds=1))
    assert late is not None
