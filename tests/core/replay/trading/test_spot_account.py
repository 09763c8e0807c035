"""Spot money is neither made nor lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading.orders import Fill, OrderKind, Side
from proratio_core.replay.trading.spot_account import Balance, SpotAccount
from tests.core.replay.trading.orders import order_of, ticket


def _fill(amount: float, price: float) -> Fill:
    return Fill(1, 1, 0, price, amount, maker=True, fee_quote=price * amount * 0.001)


def test_a_limit_buy_locks_its_price_and_returns_what_it_saved() -> None:
    account = SpotAccount({"USDT": 1_000.0})
    order = order_of(ticket(amount=5.0, price=100.0))
    account.lock(order, price=101.0)
    assert account.of("USDT") == Balance(500.0, 500.0)
    account.settle(order, _fill(2.0, 90.0), price=101.0, fee_frac=0.001)
    assert account.of("USDT") == Balance(520.0, 300.0)
    assert account.of("BTC").free == pytest.approx(2 * 0.999)
    left = order.after(_fill(2.0, 90.0), amount_step=0.001)
    account.release(left, price=101.0)
    assert account.of("USDT") == Balance(820.0, 0.0)


def test_a_sale_locks_coins_and_pays_its_fee_in_money() -> None:
    account = SpotAccount({"BTC": 3.0})
    order = order_of(ticket(Side.SELL, OrderKind.MARKET, 2.0))
    account.lock(order, price=100.0)
    account.settle(order, _fill(2.0, 100.0), price=100.0, fee_frac=0.001)
    assert account.of("BTC") == Balance(1.0, 0.0)
    assert account.of("USDT").free == pytest.approx(200 * 0.999)
    assert set(account.balances) == {"BTC", "USDT"}


@pytest.mark.parametrize("side", Side)
def test_what_is_not_there_cannot_be_locked(side: Side) -> None:
    account = SpotAccount({"USDT": 99.0, "BTC": 0.9})
    with pytest.raises(RefusedError, match="insufficient balance"):
        account.lock(order_of(ticket(side, amount=1.0, price=100.0)), price=100.0)
    assert account.of("USDT") == Balance(99.0, 0.0)


@given(
    side=st.sampled_from(Side),
    parts=st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5),
    discount=st.floats(0.0, 0.2),
)
def test_worth_only_falls_by_the_fee(side: Side, parts: list[float], discount: float) -> None:
    account = SpotAccount({"USDT": 1e6, "BTC": 1e4})
    total = sum(parts)
    order = order_of(ticket(side, amount=total, price=100.0))
    price = 100.0 * (1 - side.sign * discount)
    account.lock(order, price=100.0)
    for part in parts:
        account.settle(order, _fill(part, price), price=100.0, fee_frac=0.0)
        order = order.after(_fill(part, price), amount_step=1e-9)
    account.release(order, price=100.0)
    quote, base = account.of("USDT"), account.of("BTC")
    assert quote.free + base.free * price == pytest.approx(1e6 + 1e4 * price)
    assert quote.locked == pytest.approx(0, abs=1e-6)
    assert base.locked == pytest.approx(0, abs=1e-6)
