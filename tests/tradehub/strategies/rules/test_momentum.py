"""Momentum against its own words, and on a rise and a fall drawn by hand."""

from __future__ import annotations

import numpy as np

from proratio_tradehub.strategies.rules import MomentumRule
from tests.tradehub.strategies.rules.candles import candles_of, random_candles


def test_candidates_are_where_all_conditions_first_hold() -> None:
    rule = MomentumRule()
    frame = rule.indicators(random_candles(3, 4_000))
    close = frame["close"].to_numpy()
    strength, direction = frame["adx"].to_numpy(), frame["direction"].to_numpy()
    holds = [
        row >= 72
        and close[row] / close[row - 24] - 1 > 0.03
        and close[row] / close[row - 72] - 1 > 0
        and strength[row] > 25
        and direction[row] > 0
        for row in range(len(close))
    ]
    expected = [
        bool(now and not before) for before, now in zip([True, *holds], holds, strict=False)
    ]
    assert sum(expected) > 10
    assert rule.candidates(frame).tolist() == expected


def test_steady_rise_is_entered_once_and_left_when_the_day_turns_negative() -> None:
    # Up 0.2% a candle from row 100: after 24 candles the day is +4.9%. Down 0.2% from row 200: the
    # day's return is below zero after half of it, at the twelfth falling candle.
    closes = [100.0] * 100
    closes += [100.0 * 1.002**step for step in range(1, 101)]
    closes += [closes[-1] * 0.998**step for step in range(1, 31)]
    rule = MomentumRule()
    frame = rule.indicators(candles_of(closes))
    (entry,) = rule.candidates(frame).nonzero()[0]
    assert 114 <= entry <= 130
    assert closes[entry] / closes[entry - 24] - 1 > 0.03
    assert rule.exits(frame).nonzero()[0].tolist() == [211]


def test_strength_is_wilders_adx() -> None:
    # Every candle one higher than the one before: all movement is up, so +DI - -DI > 0, ADX = 100.
    frame = MomentumRule().indicators(candles_of(100.0 + np.arange(300)))
    assert frame["adx"].iloc[-1] == 100.0
    assert frame["direction"].iloc[-1] > 0
