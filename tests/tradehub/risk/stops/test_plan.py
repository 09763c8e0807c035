from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.stops import StopPlan, nearer

EVERYTHING = StopPlan(
    distance_frac=0.10,
    atr_multiple=2.0,
    trailing_frac=0.05,
    trailing_from_frac=0.06,
    break_even_from_frac=0.03,
    costs_frac=0.004,
)

plans = st.builds(
    StopPlan,
    distance_frac=st.floats(0.001, 0.5),
    atr_multiple=st.none() | st.floats(0.5, 5),
    trailing_frac=st.none() | st.floats(0.001, 0.5),
    trailing_from_frac=st.floats(0, 0.2),
    break_even_from_frac=st.none() | st.floats(0.011, 0.3),
    costs_frac=st.floats(0, 0.01),
)
prices = st.lists(st.floats(50, 200) | st.just(math.nan), min_size=1, max_size=30)


def _walked(
    plan: StopPlan, side: Side, entry: float, best: npt.NDArray[Any], first: float
) -> list[float]:
    """Return the stop in force during each candle, one candle after the other."""
    stops, stop, extreme = [], first, entry
    for price in best:
        stops.append(stop)
        if side.sign * (price - extreme) > 0:
            extreme = price
        stop = plan.moved_stop(side, entry, best_price=extreme, stop_price=stop)
    return stops


@given(plans, st.sampled_from(Side), prices)
def test_path_at_once_is_the_path_candle_by_candle(
    plan: StopPlan, side: Side, walk: list[float]
) -> None:
    best = np.array(walk)
    first = plan.first_stop(side, 100.0)
    path = plan.path(side, 100.0, best, first_stop=first)

    np.testing.assert_allclose(path, _walked(plan, side, 100.0, best, first), rtol=1e-12)


@given(plans, st.sampled_from(Side), prices)
def test_stop_is_always_there_and_only_ever_nearer(
    plan: StopPlan, side: Side, walk: list[float]
) -> None:
    first = plan.first_stop(side, 100.0)
    path = plan.path(side, 100.0, np.array(walk), first_stop=first)

    assert np.isfinite(path).all()
    assert path[0] == first
    assert (side.sign * np.diff(path) >= 0).all()


@given(plans, st.sampled_from(Side), prices, st.integers(1, 29))
def test_later_candles_never_change_the_stops_of_earlier_ones(
    plan: StopPlan, side: Side, walk: list[float], until: int
) -> None:
    best = np.array(walk)
    first = plan.first_stop(side, 100.0)
    whole = plan.path(side, 100.0, best, first_stop=first)
    part = plan.path(side, 100.0, best[:until], first_stop=first)

    np.testing.assert_array_equal(whole[:until], part)


@given(plans, st.sampled_from(Side), st.floats(0.0, 50.0) | st.just(math.nan))
def test_first_stop_is_on_its_side_and_never_further_than_the_fixed_one(
    plan: StopPlan, side: Side, atr: float
) -> None:
    away = side.sign * (1.0 - plan.first_stop(side, 100.0, atr) / 100.0)

    assert 0.0 <= away <= plan.distance_frac * (1 + 1e-9)


def test_nearer_of_the_fixed_stop_and_the_range_is_entered_with() -> None:
    assert EVERYTHING.first_stop(Side.LONG, 100.0, 2.0) == pytest.approx(96.0)
    assert EVERYTHING.first_stop(Side.SHORT, 100.0, 2.0) == pytest.approx(104.0)
    assert EVERYTHING.first_stop(Side.LONG, 100.0, 7.0) == pytest.approx(90.0)
    assert EVERYTHING.first_stop(Side.LONG, 100.0) == pytest.approx(90.0)
    assert EVERYTHING.first_stop(Side.LONG, 100.0, math.nan) == pytest.approx(90.0)
    assert StopPlan(distance_frac=0.1).first_stop(Side.LONG, 100.0, 2.0) == pytest.approx(90.0)


def test_life_of_a_long_by_hand() -> None:
    """3% moves it to break-even, 6% starts the trail 5% behind, a fall moves nothing."""
    highs = np.array([101.0, 103.0, 105.0, 110.0, 104.0, 120.0, 90.0])

    assert EVERYTHING.path(Side.LONG, 100.0, highs, first_stop=96.0) == pytest.approx(
        [96.0, 96.0, 100.4, 100.4, 104.5, 104.5, 114.0]
    )


def test_profits_that_are_reached_exactly_are_enough() -> None:
    trailing = StopPlan(distance_frac=0.5, trailing_frac=0.25, trailing_from_frac=0.5)
    even = StopPlan(distance_frac=0.5, break_even_from_frac=0.5, costs_frac=0.25)
    highs = np.array([150.0, 100.0])

    assert trailing.path(Side.LONG, 100.0, highs, first_stop=50.0).tolist() == [50.0, 112.5]
    assert even.path(Side.LONG, 100.0, highs, first_stop=50.0).tolist() == [50.0, 125.0]


def test_life_of_a_short_by_hand() -> None:
    lows = np.array([99.0, 96.5, 95.0, 90.0, 97.0, 80.0, 110.0])

    assert EVERYTHING.path(Side.SHORT, 100.0, lows, first_stop=104.0) == pytest.approx(
        [104.0, 104.0, 99.6, 99.6, 94.5, 94.5, 84.0]
    )


def test_plan_with_a_fixed_stop_only_never_moves_it() -> None:
    plan = StopPlan(distance_frac=0.1)

    assert plan.path(Side.LONG, 100.0, np.array([150.0, 200.0]), first_stop=90.0).tolist() == [
        90.0,
        90.0,
    ]
    assert plan.moved_stop(Side.LONG, 100.0, best_price=200.0, stop_price=90.0) == 90.0


def test_position_of_no_candle_has_no_path() -> None:
    assert EVERYTHING.path(Side.LONG, 100.0, np.array([]), first_stop=96.0).size == 0


def test_prices_in_a_table_are_refused() -> None:
    with pytest.raises(
        RiskError, match=r"^best prices have shape \(2, 2\); expected \(candles,\)$"
    ):
        EVERYTHING.path(Side.LONG, 100.0, np.ones((2, 2)), first_stop=96.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"distance_frac": 0.0},
        {"distance_frac": 1.0},
        {"atr_multiple": 0.0},
        {"atr_multiple": math.nan},
        {"trailing_frac": 1.0},
        {"trailing_frac": 0.1, "trailing_from_frac": -0.1},
        {"break_even_from_frac": 0.0},
        {"break_even_from_frac": 0.01, "costs_frac": 0.02},
    ],
)
def test_plan_out_of_range_is_refused_when_it_is_made(changes: dict[str, Any]) -> None:
    with pytest.raises(RiskError):
        StopPlan(**{"distance_frac": 0.1, **changes})


def test_nearer_keeps_a_stop_unless_the_other_is_hit_first() -> None:
    assert nearer(Side.LONG, 95.0, 97.0) == 97.0
    assert nearer(Side.LONG, 95.0, 93.0) == 95.0
    assert nearer(Side.SHORT, 105.0, 103.0) == 103.0
    assert nearer(Side.SHORT, 105.0, 107.0) == 105.0
    assert nearer(Side.LONG, 95.0, None) == 95.0
    assert nearer(Side.LONG, 95.0, math.nan) == 95.0


def test_plan_ends_what_was_held_as_long_as_it_may_be() -> None:
    noon, hour = datetime(2024, 1, 1, 12, tzinfo=UTC), timedelta(hours=1)
    plan = StopPlan(distance_frac=0.1, longest=hour)

    assert plan.is_overdue(noon, noon + hour)
    assert not plan.is_overdue(noon, noon + hour - timedelta(seconds=1))
    assert not EVERYTHING.is_overdue(noon, noon + 9_999 * hour)


def test_plan_that_holds_for_no_time_is_refused() -> None:
    with pytest.raises(RiskError, match="longest holding time"):
        StopPlan(distance_frac=0.1, longest=timedelta(0))
