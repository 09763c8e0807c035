"""An order's life in values."""

from __future__ import annotations

import pytest

from proratio_core.replay.trading.orders import Fill, OrderStatus, Side
from tests.core.replay.trading.orders import order_of, ticket


def _fill(amount: float, price: float, number: int = 1) -> Fill:
    return Fill(number, 1, 1_000 + number, price, amount, maker=True, fee_quote=0.1)


def test_fills_add_up_to_a_filled_order_with_its_mean_price() -> None:
    order = order_of(ticket(amount=1.0, price=100.0))
    assert order.mean_price == 0
    half = order.after(_fill(0.4, 100.0), amount_step=0.001)
    assert (half.status, half.remaining) == (OrderStatus.PARTIALLY_FILLED, pytest.approx(0.6))
    done = half.after(_fill(0.6, 90.0, 2), amount_step=0.001)
    assert (done.status, done.filled, done.remaining) == (OrderStatus.FILLED, 1.0, 0.0)
    assert done.mean_price == pytest.approx(0.4 * 100 + 0.6 * 90)
    assert done.updated_ms == 1_002


def test_less_than_half_a_step_left_is_nothing_left() -> None:
    order = order_of(ticket(amount=1.0)).after(_fill(0.9996, 100.0), amount_step=0.001)
    assert order.status is OrderStatus.FILLED


def test_an_order_ends_and_a_stop_is_touched() -> None:
    order = order_of(ticket(), triggered=False)
    assert order.touched(5).triggered
    ended = order.ended(OrderStatus.CANCELED, 7)
    assert (ended.status.is_open, ended.updated_ms) == (False, 7)
    assert (Side.BUY.sign, Side.SELL.sign) == (1, -1)
