from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_tradehub.risk.planning import (
    distance_frac,
    drawdown_frac,
    loss_from_mark_quote,
    loss_of_stake_frac,
)
from proratio_tradehub.risk.sides import Side

LONG, SHORT = Side.LONG, Side.SHORT


def test_distance_of_a_stop_is_positive_on_its_own_side_only() -> None:
    assert distance_frac(LONG, 100.0, 95.0) == pytest.approx(0.05)
    assert distance_frac(LONG, 100.0, 105.0) == pytest.approx(-0.05)
    assert distance_frac(SHORT, 100.0, 105.0) == pytest.approx(0.05)
    assert distance_frac(SHORT, 100.0, 95.0) == pytest.approx(-0.05)
    assert distance_frac(LONG, 100.0, 100.0) == 0.0


def test_loss_of_a_stake_by_hand() -> None:
    """100 buys 1; 1% of 100 and of 90 in costs; sold at 90: 10 + 1.9 of 100, twice that at 2x."""
    assert loss_of_stake_frac(LONG, 100.0, 90.0, cost_frac=0.01, leverage=1.0) == pytest.approx(
        0.119
    )
    assert loss_of_stake_frac(LONG, 100.0, 90.0, cost_frac=0.01, leverage=2.0) == pytest.approx(
        0.238
    )
    assert loss_of_stake_frac(SHORT, 100.0, 110.0, cost_frac=0.01, leverage=2.0) == pytest.approx(
        0.242
    )


def test_loss_from_the_last_price_by_hand() -> None:
    assert loss_from_mark_quote(LONG, 100.0, 90.0, amount=3.0, cost_frac=0.01) == pytest.approx(
        3 * (10 + 0.9)
    )
    assert loss_from_mark_quote(SHORT, 100.0, 110.0, amount=3.0, cost_frac=0.01) == pytest.approx(
        3 * (10 + 1.1)
    )
    assert loss_from_mark_quote(LONG, 80.0, 90.0, amount=3.0, cost_frac=0.01) == 0.0


@given(st.sampled_from(Side), st.floats(1, 1e5), st.floats(0.001, 0.9), st.floats(0, 0.01))
def test_both_losses_agree_but_for_the_costs_of_entering(
    side: Side, price: float, away: float, cost: float
) -> None:
    stop = price * (1.0 - side.sign * away)
    amount = 1_000.0 / price
    held = loss_from_mark_quote(side, price, stop, amount=amount, cost_frac=cost)
    staked = 1_000.0 * loss_of_stake_frac(side, price, stop, cost_frac=cost, leverage=1.0)

    assert staked - held == pytest.approx(1_000.0 * cost, abs=1e-6)


def test_drawdown_is_never_negative() -> None:
    assert drawdown_frac(75.0, 100.0) == 0.25
    assert drawdown_frac(100.0, 100.0) == 0.0
    assert drawdown_frac(100.1, 100.0) == 0.0
