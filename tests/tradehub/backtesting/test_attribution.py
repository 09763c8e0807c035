"""Profit belongs to the strategy whose candidate it was."""

from __future__ import annotations

from datetime import timedelta

from proratio_tradehub.backtesting import attribute
from tests.quantlab.made import trade_of

_MOMENTUM, _BREAKOUT = (
    "Momentum/offline@2024-01-01T12:00Z",
    "DonchianBreakout/none@2024-01-02T12:00Z",
)


def test_parts_are_named_and_add_up() -> None:
    trades = [
        trade_of(5.0, days=1, enter_tag=_MOMENTUM),
        trade_of(-2.0, days=2, enter_tag=_MOMENTUM),
        trade_of(-1.0, days=3, enter_tag=_BREAKOUT),
    ]
    breakout, momentum = attribute(trades)
    assert (breakout.strategy, breakout.trades, breakout.wins) == ("DonchianBreakout", 1, 0)
    assert (momentum.strategy, momentum.trades, momentum.wins) == ("Momentum", 2, 1)
    assert (momentum.profit_quote, momentum.worst_quote) == (3.0, -2.0)
    assert momentum.holding == timedelta(days=1.5)
    assert momentum.fees_quote == 0.42
    assert sum(part.profit_quote for part in attribute(trades)) == 2.0


def test_run_of_one_strategy_is_not_split() -> None:
    assert attribute([trade_of(5.0, enter_tag="offline@2024-01-01T12:00Z")]) == ()
    assert attribute([]) == ()
