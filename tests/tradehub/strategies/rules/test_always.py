"""The rule of the stress probe."""

from __future__ import annotations

from proratio_tradehub.strategies.rules.always import AlwaysRule
from tests.signals.samples import candle_frame


def test_it_always_wants_in_and_never_out() -> None:
    rule, frame = AlwaysRule(), candle_frame(10)
    assert rule.indicators(frame).equals(frame)
    assert rule.candidates(frame).all()
    assert not rule.exits(frame).any()
    assert rule.startup_candles == 48
