"""The worst loss of a trade, planned and realised, by hand."""

from __future__ import annotations

import pytest

from proratio_quantlab.trade_losses import worst_losses
from tests.quantlab.made import equity_of, trade_of

EQUITY = equity_of([1_000.0, 800.0, 900.0])


def worst(*trades: object) -> tuple[float | None, float | None]:
    found = worst_losses(trades, EQUITY, cost_frac=0.002, starting_balance=1_000.0)
    return found.planned_frac, found.realised_frac


def test_losses_are_measured_by_the_equity_at_each_entry() -> None:
    one = trade_of(-10.0, day=0, amount=1.0, open_rate=100.0, risk_quote=5.0)
    other = trade_of(-9.0, day=1.5, amount=1.0, open_rate=100.0, risk_quote=5.0)
    planned, realised = worst(one, other)
    assert planned == pytest.approx((5.0 + 0.002 * (100.0 + 95.0)) / 800.0)
    assert realised == pytest.approx(9.0 / 800.0)


def test_entry_before_the_first_row_is_measured_by_the_starting_balance() -> None:
    assert worst(trade_of(-10.0, day=-1))[1] == pytest.approx(0.01)


def test_trade_without_a_stop_has_no_plan() -> None:
    assert worst(trade_of(-10.0))[0] is None


def test_nothing_lost_is_zero_and_no_trades_are_unknown() -> None:
    assert worst(trade_of(10.0)) == (None, 0.0)
    assert worst() == (None, None)
