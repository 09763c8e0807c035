"""Questions with the candles of an asker."""

from __future__ import annotations

from datetime import timedelta

from proratio_signals.queue import Inquiry
from proratio_signals.snapshot import WINDOW_CANDLES, take_snapshot
from tests.signals.samples import BTC, HOUR, candle_frame, close_of


def inquiry(index: int = WINDOW_CANDLES, *, seed: int = 1, valid_for: timedelta = HOUR) -> Inquiry:
    """Return a question about the candle at `index` of `candle_frame`."""
    close = close_of(index)
    frame = candle_frame(index + 1, seed=seed)
    return Inquiry(take_snapshot(frame, BTC, close), close + valid_for)
