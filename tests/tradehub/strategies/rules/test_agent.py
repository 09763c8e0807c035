"""The panel is asked about everything."""

from __future__ import annotations

from proratio_tradehub.strategies.rules import AgentRule, reads_funding
from tests.tradehub.strategies.rules.candles import random_candles


def test_every_candle_is_a_candidate_and_none_an_exit() -> None:
    rule, frame = AgentRule(), random_candles(1, 30)
    assert rule.indicators(frame) is frame
    assert rule.candidates(frame).all()
    assert not rule.exits(frame).any()
    assert reads_funding(rule)  # so that spot is refused
