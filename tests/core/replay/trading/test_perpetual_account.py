"""Margin, profit, funding and liquidation by hand."""

from __future__ import annotations

from typing import Any

import pytest

from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading.orders import Fill, Order, Side
from proratio_core.replay.trading.perpetual_account import PerpetualAccount
from tests.core.replay.trading.orders import order_of, ticket
from tests.wire.markets import PERPETUAL


def _order(side: Side, amount: float, **more: Any) -> Order:
    return order_of(ticket(side, amount=amount, price=100.0, pair=PERPETUAL, **more))


def _fill(amount: float, price: float, fee: float = 0.0) -> Fill:
    return Fill(1, 1, 0, price, amount, maker=False, fee_quote=fee)


@pytest.fixture
def account() -> PerpetualAccount:
    account = PerpetualAccount("USDT", 1_000.0)
    account.set_leverage(PERPETUAL, 4)
    return account


def test_a_position_takes_margin_and_returns_it_with_its_profit(account: PerpetualAccount) -> None:
    buy = _order(Side.BUY, 10.0)
    account.lock(buy, price=100.0)
    assert (account.locked_quote, account.available_quote) == (250.0, 750.0)
    assert account.settle(buy, _fill(10.0, 100.0, fee=0.5)) == 0
    account.release(buy)
    held = account.positions[PERPETUAL]
    assert (held.amount, held.entry_price, held.margin_quote) == (10.0, 100.0, 250.0)
    assert held.unrealised_quote(104.0) == pytest.approx(40.0)
    assert account.available_quote == pytest.approx(749.5)

    assert account.settle(_order(Side.SELL, 4.0), _fill(4.0, 110.0)) == pytest.approx(40.0)
    assert account.positions[PERPETUAL].margin_quote == pytest.approx(150.0)
    assert account.settle(_order(Side.SELL, 6.0), _fill(6.0, 90.0)) == pytest.approx(-60.0)
    assert not account.positions
    assert account.wallet_quote == pytest.approx(1_000 - 0.5 + 40 - 60)


def test_adding_averages_the_entry_and_selling_more_than_held_turns_around(
    account: PerpetualAccount,
) -> None:
    account.settle(_order(Side.BUY, 1.0), _fill(1.0, 100.0))
    account.settle(_order(Side.BUY, 3.0), _fill(3.0, 120.0))
    assert account.positions[PERPETUAL].entry_price == pytest.approx(115.0)
    assert account.settle(_order(Side.SELL, 6.0), _fill(6.0, 125.0)) == pytest.approx(40.0)
    turned = account.positions[PERPETUAL]
    assert (turned.amount, turned.entry_price) == (pytest.approx(-2.0), 125.0)
    assert turned.margin_quote == pytest.approx(2 * 125 / 4)


def test_the_liquidation_price_is_where_margin_equals_maintenance(
    account: PerpetualAccount,
) -> None:
    for side in Side:
        other = PerpetualAccount("USDT", 1_000.0)
        other.set_leverage(PERPETUAL, 4)
        other.settle(_order(side, 2.0), _fill(2.0, 100.0))
        held = other.positions[PERPETUAL]
        price = held.liquidation_price
        left = held.margin_quote + held.unrealised_quote(price)
        assert left == pytest.approx(0.004 * 2.0 * price)
        assert (price < 100) == (side is Side.BUY)
    account.settle(_order(Side.BUY, 2.0), _fill(2.0, 100.0))
    lost = account.liquidate(PERPETUAL)
    assert lost is not None
    assert account.wallet_quote == pytest.approx(1_000 - 50)
    assert account.liquidate(PERPETUAL) is None


def test_longs_pay_positive_funding_and_shorts_receive_it(account: PerpetualAccount) -> None:
    account.fund(PERPETUAL, rate_frac=0.001, mark_price=100.0, time_ms=1)
    assert not account.funding
    account.settle(_order(Side.BUY, 2.0), _fill(2.0, 100.0))
    account.fund(PERPETUAL, rate_frac=0.001, mark_price=110.0, time_ms=2)
    assert account.funding[0].amount_quote == pytest.approx(-0.22)
    assert account.wallet_quote == pytest.approx(1_000 - 0.22)
    assert account.positions[PERPETUAL].margin_quote == pytest.approx(50 - 0.22)


def test_what_the_margin_does_not_cover_is_refused(account: PerpetualAccount) -> None:
    with pytest.raises(RefusedError, match="Margin is insufficient"):
        account.lock(_order(Side.BUY, 41.0), price=100.0)
    with pytest.raises(RefusedError, match="ReduceOnly"):
        account.lock(_order(Side.SELL, 1.0, reduce_only=True), price=100.0)
    with pytest.raises(RefusedError, match="Leverage 0"):
        account.set_leverage(PERPETUAL, 0)
    account.settle(_order(Side.BUY, 2.0), _fill(2.0, 100.0))
    account.lock(_order(Side.SELL, 2.0, reduce_only=True), price=100.0)
    account.lock(_order(Side.SELL, 2.0), price=100.0)  # closes, so it needs no margin
    assert account.locked_quote == 0
