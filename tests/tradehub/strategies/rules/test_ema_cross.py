"""The moving-average cross on a market drawn by hand."""

from __future__ import annotations

from proratio_tradehub.strategies.rules import EmaCrossRule
from tests.tradehub.strategies.rules.candles import candles_of


def test_valley_is_entered_once_on_its_way_up_and_left_on_the_way_down() -> None:
    rule = EmaCrossRule()
    down, up = [200.0 - row for row in range(100)], [101.0 + row for row in range(100)]
    frame = rule.indicators(candles_of([*down, *up, *reversed(up)]))
    (entry,) = rule.candidates(frame).nonzero()[0]
    exits = rule.exits(frame).nonzero()[0]
    assert 100 < entry < 130
    assert exits[exits > entry].tolist() == [exits.max()]
    assert 200 < exits.max() < 230
