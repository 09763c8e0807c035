from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from proratio_core.errors import RiskError
from proratio_tradehub.risk.intent import EntryIntent
from proratio_tradehub.risk.scored import ScoredHistory
from proratio_tradehub.risk.sides import Side
from tests.tradehub.risk.made import BTC_PERP, an_intent


def _short(**changes: Any) -> EntryIntent:
    """Return a 3x short of BTC at 50,000 with its stop 4% above and its target 10% below."""
    sold = {
        "pair": BTC_PERP,
        "side": Side.SHORT,
        "stop_price": 52_000.0,
        "target_price": 45_000.0,
        "leverage": 3.0,
    }
    return an_intent(**{**sold, **changes})


def test_distances_and_costs_of_a_long() -> None:
    intent = an_intent()

    assert intent.asset == "BTC"
    assert intent.stop_distance_frac == pytest.approx(0.04)
    assert intent.reward_frac == pytest.approx(0.10)
    assert intent.round_trip_cost_frac == pytest.approx(0.004)
    assert intent.planned_loss_frac == pytest.approx(0.04 + 0.002 * 1.96)


def test_distances_and_costs_of_a_leveraged_short() -> None:
    intent = _short()

    assert intent.stop_distance_frac == pytest.approx(0.04)
    assert intent.reward_frac == pytest.approx(0.10)
    assert intent.planned_loss_frac == pytest.approx(3 * (0.04 + 0.002 * 2.04))


@given(
    price=st.floats(0.01, 1e5),
    distance=st.floats(0.001, 0.9),
    fee=st.floats(0, 0.01),
    slippage=st.floats(0, 0.01),
    side=st.sampled_from(Side),
    leverage=st.floats(1, 20),
)
def test_planned_loss_is_that_of_the_cash_flows(
    price: float, distance: float, fee: float, slippage: float, side: Side, leverage: float
) -> None:
    """Enter and leave at the stop, count the money, to first order in slippage."""
    stop = price * (1.0 - side.sign * distance)
    intent = _short(
        side=side,
        price=price,
        stop_price=stop,
        leverage=leverage,
        fee_frac=fee,
        slippage_frac=slippage,
    )
    amount = 1_000.0 * leverage / price
    moved = side.sign * (price - stop) * amount
    paid = (fee + slippage) * amount * price + (fee + slippage) * amount * stop

    assert intent.planned_loss_frac == pytest.approx((moved + paid) / 1_000.0)


def test_stop_on_the_wrong_side_has_a_negative_distance() -> None:
    assert an_intent(stop_price=51_000.0).stop_distance_frac == pytest.approx(-0.02)
    assert _short(stop_price=49_000.0).stop_distance_frac == pytest.approx(-0.02)


def test_what_is_not_given_is_not_known() -> None:
    intent = an_intent(stop_price=None, target_price=None)

    assert intent.stop_distance_frac is None
    assert intent.planned_loss_frac is None
    assert intent.reward_frac is None
    assert an_intent(target_price=None, expected_return_frac=0.03).reward_frac == 0.03
    assert an_intent(expected_return_frac=0.03).reward_frac == pytest.approx(0.10)


@pytest.mark.parametrize(
    "name", ["price", "stop_price", "target_price", "stake_quote", "leverage", "candle_s"]
)
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_number_that_is_not_above_zero_is_refused(name: str, value: float) -> None:
    with pytest.raises(RiskError, match=rf"^{name} is .*; expected a finite number above zero"):
        _short(**{name: value})


@pytest.mark.parametrize(
    "name",
    ["fee_frac", "slippage_frac", "spread_frac", "day_volume_quote", "min_stake_quote"],
)
def test_cost_or_volume_below_zero_is_refused(name: str) -> None:
    for value in (-0.1, math.nan):
        with pytest.raises(RiskError, match=rf"^{name} is .*; expected .* of at least zero"):
            an_intent(**{name: value})
    an_intent(**{name: 0.0})


def test_confidence_is_a_fraction() -> None:
    for value in (-0.1, 1.1, math.nan):
        with pytest.raises(RiskError, match=r"^confidence is .*; expected a fraction"):
            an_intent(confidence=value)
    assert an_intent().confidence == 1.0


@pytest.mark.parametrize("name", ["data_age_s", "expected_return_frac"])
def test_age_and_return_have_to_be_finite(name: str) -> None:
    with pytest.raises(RiskError, match=rf"^{name} is nan; expected a finite number$"):
        an_intent(**{name: math.nan})
    an_intent(**{name: -0.5})


def test_spot_can_neither_be_sold_short_nor_leveraged() -> None:
    with pytest.raises(
        RiskError,
        match=r"^BTC/USDT is a spot pair; it can only be bought and without leverage, "
        "got short 1.0x; name the perpetual instead$",
    ):
        an_intent(side=Side.SHORT)
    with pytest.raises(RiskError, match=r"got long 2\.0x"):
        an_intent(leverage=2.0)


@pytest.mark.parametrize("changes", [{"pair": "BTC/USDT"}, {"side": "long"}])
def test_names_instead_of_values_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RiskError, match=r"^entry into .*; expected Pair and Side$"):
        an_intent(**changes)


def test_degraded_is_a_yes_or_no() -> None:
    with pytest.raises(RiskError, match=r"^is_degraded is None; expected True or False$"):
        an_intent(is_degraded=None)
    assert an_intent().is_degraded is False


def test_history_is_one_or_none() -> None:
    history = ScoredHistory(wins=1, losses=0, mean_win_frac=0.1, mean_loss_frac=0.0)

    assert an_intent(history=history).history is history
    with pytest.raises(RiskError, match=r"^history is 0\.5; expected ScoredHistory or None$"):
        an_intent(history=0.5)


def test_the_planned_loss_is_reckoned_and_never_taken_from_whoever_asks() -> None:
    assert an_intent(planned_loss_frac=0.0) == an_intent()
    nearer = replace(an_intent(), stop_price=49_000.0)
    assert nearer.planned_loss_frac == pytest.approx(0.02 + 0.002 * 1.98)
