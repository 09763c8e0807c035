"""The synthetic book: on the grid, symmetric, and dearer the more is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.replay.ladder import ladder, walk
from tests.wire.markets import RULES


def test_levels_lie_on_the_grid_around_the_price_and_get_deeper() -> None:
    asks, bids = (ladder(RULES, 40_000.0, side=side, levels=3) for side in (1, -1))
    assert [level.price for level in asks] == [40_004.0, 40_008.0, 40_012.0]
    assert [level.price for level in bids] == [39_996.0, 39_992.0, 39_988.0]
    assert [level.amount for level in asks] == [0.5, 1.0, 1.5]


def test_bids_end_above_zero() -> None:
    assert all(level.price > 0 for level in ladder(RULES, 0.02, side=-1, levels=50))


def test_an_order_takes_the_best_levels_first_and_stops_at_its_limit() -> None:
    taken = walk(RULES, 40_000.0, side=1, amount=2.0, limit=None)
    assert [tuple(level) for level in taken] == [(40_004.0, 0.5), (40_008.0, 1.0), (40_012.0, 0.5)]
    limited = walk(RULES, 40_000.0, side=1, amount=2.0, limit=40_008.0)
    assert sum(level.amount for level in limited) == 1.5
    assert walk(RULES, 40_000.0, side=-1, amount=1.0, limit=39_997.0) == []


@given(price=st.floats(1.0, 1e5), amount=st.floats(0.001, 100.0), side=st.sampled_from([1, -1]))
def test_a_larger_order_never_gets_a_better_price(price: float, amount: float, side: int) -> None:
    def mean(size: float) -> float:
        taken = walk(RULES, price, side=side, amount=size, limit=None)
        return sum(p * a for p, a in taken) / sum(a for _, a in taken)

    assert side * mean(2 * amount) >= side * mean(amount) - 1e-6 * price
    assert side * (mean(amount) - price) >= -0.01
    assert sum(a for _, a in walk(RULES, price, side=side, amount=amount, limit=None)) == (
        pytest.approx(amount)
    )
