"""The breakout on channels that can be read off by eye."""

from __future__ import annotations

from proratio_tradehub.strategies.rules import BreakoutRule
from tests.tradehub.strategies.rules.candles import candles_of, random_candles

_RULE = BreakoutRule(entry_candles=5, exit_candles=3, volume_candles=4, volume_ratio=1.5)
_SIDEWAYS = [100.0, 103.0, 99.0, 102.0, 100.0, 101.0, 100.0]


def test_first_close_above_the_ceiling_on_high_volume_is_a_candidate() -> None:
    # Ceiling of the five before row 7 is 103 (row 2 opens there). Row 8 is above it too: no second.
    closes, volumes = [*_SIDEWAYS, 104.0, 105.0], [10.0] * 7 + [15.0, 30.0]
    frame = _RULE.indicators(candles_of(closes, volumes))
    assert frame["ceiling"].iloc[7] == 103.0
    assert _RULE.candidates(frame).nonzero()[0].tolist() == [7]


def test_breakout_without_volume_is_none() -> None:
    frame = _RULE.indicators(candles_of([*_SIDEWAYS, 104.0], [10.0] * 7 + [14.9]))
    assert not _RULE.candidates(frame).any()


def test_touching_the_ceiling_is_not_passing_it() -> None:
    frame = _RULE.indicators(candles_of([*_SIDEWAYS, 103.0], [10.0] * 7 + [30.0]))
    assert not _RULE.candidates(frame).any()


def test_close_below_the_floor_of_the_candles_before_is_an_exit() -> None:
    frame = _RULE.indicators(candles_of([*_SIDEWAYS, 101.0, 99.9]))
    assert frame["floor"].iloc[8] == 100.0
    assert _RULE.exits(frame).nonzero()[0].tolist() == [8]


def test_channels_are_made_of_the_candles_before() -> None:
    frame = _RULE.indicators(random_candles(2, 500))
    for row in range(6, 500):
        assert frame["ceiling"].iloc[row] == frame["high"].iloc[row - 5 : row].max()
        assert frame["floor"].iloc[row] == frame["low"].iloc[row - 3 : row].min()
