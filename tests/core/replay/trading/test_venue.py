"""One trader's orders over time: accounts follow fills, and nothing happens twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from proratio_core.candles.frame import make_frame
from proratio_core.replay import RecordedMarket
from proratio_core.replay.refusals import RefusedError
from proratio_core.replay.trading.orders import (
    Order,
    OrderKind,
    OrderStatus,
    Side,
    TimeInForce,
)
from proratio_core.replay.trading.perpetual_account import PerpetualAccount
from proratio_core.replay.trading.spot_account import SpotAccount
from proratio_core.replay.trading.venue import Venue
from proratio_core.values import Pair
from tests.core.replay.trading.orders import BARS, HOUR_MS, START_MS, market_of, ticket
from tests.wire.markets import PERPETUAL, SPOT


def _venue(*markets: RecordedMarket, **options: float) -> Venue:
    return Venue(
        markets or (market_of(),),
        spot=SpotAccount({"USDT": 1_000.0, "BTC": 5.0}),
        perpetual=PerpetualAccount("USDT", 1_000.0),
        **options,
    )


def test_a_waiting_order_fills_between_two_requests() -> None:
    venue = _venue()
    order = venue.place(ticket(price=95.0), START_MS)
    assert order.status is OrderStatus.NEW
    venue.advance(START_MS + HOUR_MS)
    (fill,) = venue.fills(SPOT)
    assert (fill.price, fill.maker, fill.order_id) == (95.0, True, order.id)
    assert venue.find(SPOT, order_id=order.id, client_id=None).status is OrderStatus.FILLED
    assert venue.spot.of("USDT").free == pytest.approx(905.0)


def test_nothing_that_happened_before_an_order_fills_it() -> None:
    venue = _venue()
    venue.place(ticket(price=95.0), START_MS + HOUR_MS // 2)  # the low of 90 is past
    venue.advance(START_MS + HOUR_MS)
    assert not venue.fills(SPOT)


def test_a_clock_that_runs_backwards_changes_nothing() -> None:
    venue = _venue()
    venue.place(ticket(price=95.0), START_MS)
    venue.advance(START_MS + HOUR_MS)
    before = venue.fills(SPOT)
    venue.advance(START_MS)
    venue.advance(START_MS + HOUR_MS)
    assert venue.fills(SPOT) == before


def test_impatient_orders_end_at_once() -> None:
    venue = _venue()
    some = ticket(amount=9.0, price=100.02, time_in_force=TimeInForce.IOC)
    assert venue.place(some, START_MS).status is OrderStatus.FILLED
    never = ticket(amount=1.0, price=90.0, time_in_force=TimeInForce.FOK)
    assert venue.place(never, START_MS).status is OrderStatus.EXPIRED
    assert venue.spot.of("USDT").locked == pytest.approx(0)


def test_a_name_is_used_once_at_a_time_and_found_again() -> None:
    venue = _venue()
    order = venue.place(ticket(price=50.0, client_id="mine"), START_MS)
    with pytest.raises(RefusedError, match="Duplicate"):
        venue.place(ticket(price=50.0, client_id="mine"), START_MS)
    assert venue.find(SPOT, order_id=None, client_id="mine").id == order.id
    venue.cancel(order, START_MS)
    with pytest.raises(RefusedError, match="Unknown order"):
        venue.cancel(order, START_MS)
    assert venue.place(ticket(price=50.0, client_id="mine"), START_MS).status.is_open
    with pytest.raises(RefusedError, match="does not exist"):
        venue.find(SPOT, order_id=99, client_id=None)


def test_what_is_not_traded_here_or_not_yet_is_refused() -> None:
    venue = _venue()
    for pair, now_ms in ((Pair.parse("ETH/USDT"), START_MS), (SPOT, START_MS - HOUR_MS)):
        with pytest.raises(RefusedError, match="Invalid symbol"):
            venue.place(ticket(price=95.0, pair=pair), now_ms)


def _perpetual() -> RecordedMarket:
    funding = make_frame(
        np.array([START_MS + HOUR_MS], np.int64), {"funding_rate": np.array([0.01])}
    )
    return market_of(*BARS, pair=PERPETUAL, funding=funding)


def test_funding_is_paid_once_by_what_is_held() -> None:
    venue = _venue(_perpetual())
    venue.perpetual.set_leverage(PERPETUAL, 1)
    venue.place(ticket(kind=OrderKind.MARKET, pair=PERPETUAL), START_MS)
    for _ in range(3):
        venue.advance(START_MS + HOUR_MS + 1)
    (payment,) = venue.perpetual.funding
    assert payment.amount_quote == pytest.approx(-105.0 * 0.01)
    assert venue.mark_price(PERPETUAL, START_MS + HOUR_MS) == 105.0


def test_a_jump_through_the_liquidation_price_takes_the_margin() -> None:
    venue = _venue(_perpetual())
    venue.perpetual.set_leverage(PERPETUAL, 6)
    venue.place(ticket(kind=OrderKind.MARKET, pair=PERPETUAL), START_MS + HOUR_MS)
    margin = venue.perpetual.positions[PERPETUAL].margin_quote
    before = venue.perpetual.wallet_quote
    venue.advance(START_MS + 3 * HOUR_MS)
    assert PERPETUAL not in venue.perpetual.positions
    assert venue.perpetual.wallet_quote == pytest.approx(before - margin)


class Trading(RuleBasedStateMachine):
    """Any orders at any times: money is conserved but for fees, and books add up."""

    def __init__(self) -> None:
        super().__init__()
        self.venue = _venue(participation_frac=0.2)
        self.now_ms = START_MS
        self.placed: list[Order] = []

    @rule(
        side=st.sampled_from(Side),
        amount=st.integers(50, 3_000),
        price=st.integers(7_000, 12_000),
        kind=st.sampled_from([OrderKind.LIMIT, OrderKind.MARKET, OrderKind.STOP_MARKET]),
    )
    def place(self, side: Side, amount: int, price: int, kind: OrderKind) -> None:
        limit = price / 100 if kind is OrderKind.LIMIT else None
        stop = price / 100 if kind is OrderKind.STOP_MARKET else None
        asked = ticket(side, kind, amount / 1_000, price=limit, stop_price=stop)
        try:
            self.placed.append(self.venue.place(asked, self.now_ms))
        except RefusedError:
            return

    @rule(minutes=st.integers(1, 60))
    def pass_time(self, minutes: int) -> None:
        self.now_ms = min(self.now_ms + minutes * 60_000, START_MS + 3 * HOUR_MS)
        self.venue.advance(self.now_ms)

    @precondition(lambda self: self.placed)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.placed))
        try:
            self.venue.cancel(order, self.now_ms)
        except RefusedError:
            return

    @invariant()
    def balances_follow_the_fills(self) -> None:
        base, quote = 5.0, 1_000.0
        sides = {order.id: order.ticket.side for order in self.venue.orders()}
        for fill in self.venue.fills(SPOT):
            sign = sides[fill.order_id].sign
            base += sign * fill.amount - (fill.fee_quote / fill.price if sign > 0 else 0)
            quote -= sign * fill.cost_quote + (fill.fee_quote if sign < 0 else 0)
        held = self.venue.spot.balances
        assert held["BTC"].free + held["BTC"].locked == pytest.approx(base, abs=1e-6)
        assert held["USDT"].free + held["USDT"].locked == pytest.approx(quote, abs=1e-4)
        assert min(min(b.free, b.locked) for b in held.values()) >= -1e-9

    @invariant()
    def orders_add_up(self) -> None:
        for order in self.venue.orders():
            traded = sum(fill.amount for fill in self.venue.fills_of(order))
            assert traded == pytest.approx(order.filled, abs=1e-3)
            assert order.filled <= order.ticket.amount + 1e-9
        still_open = [order for order in self.venue.orders() if order.status.is_open]
        assert self.venue.open_orders() == self.venue.open_orders(SPOT) == still_open
        if not still_open:
            locked = [balance.locked for balance in self.venue.spot.balances.values()]
            assert locked == pytest.approx([0.0] * len(locked), abs=1e-6)


TestTrading = Trading.TestCase
TestTrading.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_when_a_pair_is_delisted_its_orders_end_and_no_more_are_taken() -> None:
    market = replace(market_of(), delisted_ms=START_MS + HOUR_MS // 4)
    venue = _venue(market)
    order = venue.place(ticket(price=50.0), START_MS)
    venue.advance(START_MS + HOUR_MS // 2)
    (ended,) = venue.orders()
    assert (ended.id, ended.status) == (order.id, OrderStatus.EXPIRED)
    assert venue.spot.of("USDT").locked == 0.0
    with pytest.raises(RefusedError, match="Invalid symbol"):
        venue.place(ticket(price=50.0), START_MS + HOUR_MS // 2)
