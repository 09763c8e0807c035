"""When orders trade, at what price and how much: by hand, and what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.replay.trading.matching import Terms, arrive, wait
from proratio_core.replay.trading.orders import OrderKind, Side, TimeInForce
from proratio_core.replay.trading.path import legs_between
from tests.core.replay.trading.orders import HOUR_MS, START_MS, market_of, order_of, ticket
from tests.wire.markets import RULES

WHOLE, PARTLY = Terms(RULES), Terms(RULES, participation_frac=0.1)
END_MS = START_MS + 3 * HOUR_MS


def _legs(after_ms: int = START_MS, until_ms: int = END_MS) -> list:
    return list(legs_between(market_of(), after_ms, until_ms))


def test_a_waiting_order_fills_whole_at_its_price_when_touched() -> None:
    _, (deal,) = wait(order_of(ticket(price=95.0)), _legs(), terms=WHOLE)
    assert (deal.price, deal.amount, deal.maker) == (95.0, 1.0, True)
    assert deal.time_ms == START_MS + HOUR_MS // 6  # half way down the first of three lines


def test_a_touch_without_time_is_enough_for_the_whole_but_not_for_a_part() -> None:
    low = order_of(ticket(price=78.0))
    assert len(wait(low, _legs(), terms=WHOLE)[1]) == 1
    assert wait(low, _legs(), terms=PARTLY)[1] == []


def test_partial_fills_follow_the_volume_beyond_the_price() -> None:
    """Below 95 a sixth of the hour on the way down, a twelfth on the way up; a tenth is ours."""
    order = order_of(ticket(amount=5.0, price=95.0))
    state, deals = wait(order, _legs(until_ms=START_MS + HOUR_MS), terms=PARTLY)
    assert [deal.amount for deal in deals] == pytest.approx([36 * 0.1 / 6, 36 * 0.1 / 12])
    assert all(deal.price == 95.0 and deal.maker for deal in deals)
    assert state.queued < RULES.amount_step


def test_asking_often_gives_no_less_than_asking_once() -> None:
    order = order_of(ticket(amount=50.0, price=95.0))
    once = sum(deal.amount for deal in wait(order, _legs(), terms=PARTLY)[1])
    often, state = 0.0, order
    for minute in range(180):
        start = START_MS + minute * 60_000
        state, deals = wait(state, _legs(start, start + 60_000), terms=PARTLY)
        often += sum(deal.amount for deal in deals)
    assert often == pytest.approx(once, abs=2 * RULES.amount_step)


def test_a_stop_sells_at_the_market_once_touched() -> None:
    stop = ticket(Side.SELL, OrderKind.STOP_MARKET, stop_price=95.0)
    state, deals = wait(order_of(stop), _legs(), terms=WHOLE)
    assert state.triggered
    assert deals[0].time_ms == START_MS + HOUR_MS // 6
    assert deals[0].price == pytest.approx(94.99)  # the best bid under 95


def test_a_jump_over_a_stop_gets_the_far_side() -> None:
    stop = ticket(Side.SELL, OrderKind.STOP_MARKET, stop_price=85.0)
    _, deals = wait(order_of(stop), _legs(START_MS + HOUR_MS), terms=WHOLE)
    assert deals[0].time_ms == START_MS + 2 * HOUR_MS
    assert deals[0].price == pytest.approx(79.99)


def test_a_stop_limit_behind_a_jump_waits_for_its_price() -> None:
    stop = ticket(Side.SELL, OrderKind.STOP_LIMIT, price=84.5, stop_price=85.0)
    state, deals = wait(order_of(stop), _legs(START_MS + HOUR_MS), terms=WHOLE)
    assert state.triggered
    assert [(deal.price, deal.maker) for deal in deals] == [(84.5, True)]  # on the way back up


def test_a_buy_stop_waits_for_the_price_to_rise() -> None:
    stop = ticket(Side.BUY, OrderKind.STOP_MARKET, stop_price=108.0)
    _, deals = wait(order_of(stop), _legs(), terms=WHOLE)
    assert deals[0].price >= 108.0
    never = ticket(Side.BUY, OrderKind.STOP_MARKET, stop_price=111.0)
    state, none = wait(order_of(never), _legs(), terms=WHOLE)
    assert (state.triggered, none) == (False, [])


def test_what_does_not_wait_walks_the_book_and_what_only_waits_does_not() -> None:
    market = order_of(ticket(kind=OrderKind.MARKET))
    (deal,) = arrive(market, 100.0, 5, terms=WHOLE)
    assert (deal.price, deal.maker, deal.time_ms) == (100.01, False, 5)
    post = ticket(price=101.0, time_in_force=TimeInForce.POST_ONLY)
    assert arrive(order_of(post), 100.0, 5, terms=WHOLE) == []
    large = ticket(amount=1e9, price=100.02, time_in_force=TimeInForce.FOK)
    assert arrive(order_of(large), 100.0, 5, terms=WHOLE) == []
    some = ticket(amount=1e9, price=100.02, time_in_force=TimeInForce.IOC)
    assert len(arrive(order_of(some), 100.0, 5, terms=WHOLE)) == 2


@given(
    side=st.sampled_from(Side),
    price=st.floats(70.0, 120.0).map(lambda p: round(p, 2)),
    amount=st.floats(0.001, 40.0).map(lambda a: round(a, 3)),
    participation=st.none() | st.floats(0.01, 1.0),
)
def test_a_limit_is_never_broken_and_never_overfilled(
    side: Side, price: float, amount: float, participation: float | None
) -> None:
    order = order_of(ticket(side, amount=amount, price=price))
    _, deals = wait(order, _legs(), terms=Terms(RULES, participation))
    assert sum(deal.amount for deal in deals) <= amount + 1e-9
    assert all(side.sign * (deal.price - price) <= 1e-9 for deal in deals)
    assert all(START_MS <= deal.time_ms <= END_MS for deal in deals)
    assert [d.time_ms for d in deals] == sorted(d.time_ms for d in deals)
    reached = price >= 78.0 if side is Side.BUY else price <= 110.0
    if participation is None:
        assert bool(deals) == reached
    elif not reached:
        assert not deals
