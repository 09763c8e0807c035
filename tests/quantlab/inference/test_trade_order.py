"""Golden figures: all orders of a few trades, counted one by one."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import DataError
from proratio_quantlab.inference import TradeOrder, shuffle_trades

PROFITS = np.array([40.0, -30.0, 25.0, -60.0, 10.0, -5.0, 80.0])


def of(order: TradeOrder | None) -> TradeOrder:
    assert order is not None
    return order


def depth(profits: tuple[float, ...], balance: float = 100.0) -> float:
    wallet = high = balance
    worst = 0.0
    for profit in profits:
        wallet += profit
        high = max(high, wallet)
        worst = max(worst, 1 - wallet / high)
    return min(worst, 1.0)


def test_shares_equal_those_over_all_orders() -> None:
    every = np.array([depth(order) for order in permutations(PROFITS.tolist())])
    observed = depth(tuple(PROFITS.tolist()))

    found = of(shuffle_trades(PROFITS, starting_balance=100.0))

    assert found.observed_frac == pytest.approx(observed, rel=1e-12)
    assert found.luckier_frac == pytest.approx((every > observed + 1e-12).mean(), abs=0.02)
    assert found.median_frac == pytest.approx(np.quantile(every, 0.5), abs=0.02)
    assert found.p95_frac == pytest.approx(np.quantile(every, 0.95), abs=0.02)
    assert found.ruin_frac == 0


def test_an_order_that_loses_everything_is_ruin() -> None:
    """Of the six orders of +100, -60 and -50 on a wallet of 100, two lose first and twice."""
    found = of(shuffle_trades(np.array([100.0, -60.0, -50.0]), starting_balance=100.0))

    assert found.ruin_frac == pytest.approx(2 / 6, abs=0.02)
    assert found.p99_frac == 1.0


def test_equal_trades_have_one_order_in_effect() -> None:
    found = of(shuffle_trades(np.full(30, -1.0), starting_balance=100.0, shuffles=50))

    assert (found.observed_frac, found.p99_frac) == pytest.approx((0.3, 0.3))
    assert found.luckier_frac == 0


def test_alternating_wins_and_losses_were_a_lucky_order() -> None:
    found = of(shuffle_trades(np.tile([5.0, -5.0], 40), starting_balance=100.0, shuffles=2_000))

    assert found.luckier_frac > 0.99
    assert found.p95_frac > 4 * found.observed_frac


@pytest.mark.parametrize("profits", [[], [5.0]])
def test_fewer_than_two_trades_have_no_other_order(profits: list[float]) -> None:
    assert shuffle_trades(np.array(profits, np.float64), starting_balance=100.0) is None


@pytest.mark.parametrize(
    ("profits", "balance", "shuffles"),
    [([1.0, math.nan], 100.0, 10), ([1.0, 2.0], 0.0, 10), ([1.0, 2.0], 100.0, 0)],
)
def test_what_cannot_be_shuffled_is_refused(
    profits: list[float], balance: float, shuffles: int
) -> None:
    with pytest.raises(DataError):
        shuffle_trades(np.array(profits), starting_balance=balance, shuffles=shuffles)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30), st.integers(0, 99))
def test_shares_and_depths_keep_their_order(profits: list[float], seed: int) -> None:
    found = of(shuffle_trades(np.array(profits), starting_balance=500.0, shuffles=60, seed=seed))

    assert 0 <= found.median_frac <= found.p95_frac <= found.p99_frac <= 1
    assert 0 <= found.luckier_frac <= 1
    assert 0 <= found.ruin_frac <= 1
