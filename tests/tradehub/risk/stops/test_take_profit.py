from __future__ import annotations

import math
from datetime import timedelta

import pytest

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.stops import TakeProfit, Tier

DAY = timedelta(days=1)
NOTHING = timedelta(0)
PLAN = TakeProfit((Tier(NOTHING, 0.10), Tier(DAY, 0.05), Tier(2 * DAY, 0.02)))


@pytest.mark.parametrize(
    ("held", "enough"),
    [
        (NOTHING, 0.10),
        (DAY - timedelta(seconds=1), 0.10),
        (DAY, 0.05),
        (2 * DAY, 0.02),
        (90 * DAY, 0.02),
    ],
)
def test_less_is_enough_the_longer_it_is_held(held: timedelta, enough: float) -> None:
    assert PLAN.enough_frac(held) == enough


def test_tiers_are_the_minimal_roi_of_the_trend_strategy() -> None:
    assert PLAN.minimal_roi() == {"0": 0.10, "1440": 0.05, "2880": 0.02}


def test_first_tier_is_the_target() -> None:
    assert PLAN.target_price(Side.LONG, 200.0) == pytest.approx(220.0)
    assert PLAN.target_price(Side.SHORT, 200.0) == pytest.approx(180.0)


@pytest.mark.parametrize("tiers", [(), (Tier(DAY, 0.1),)])
def test_plan_that_does_not_start_at_once_is_refused(tiers: tuple[Tier, ...]) -> None:
    with pytest.raises(
        RiskError, match=r"^take-profit needs a tier that starts at once \(after 0\)$"
    ):
        TakeProfit(tiers)


@pytest.mark.parametrize("profit", [0.0, -0.1, math.nan, math.inf])
def test_profit_that_is_not_above_zero_is_refused(profit: float) -> None:
    with pytest.raises(RiskError, match=rf"^take-profit at {profit!r}; expected a profit above 0$"):
        TakeProfit((Tier(NOTHING, profit),))


@pytest.mark.parametrize(
    "second", [Tier(NOTHING, 0.05), Tier(DAY, 0.10), Tier(DAY, 0.11), Tier(-DAY, 0.05)]
)
def test_tiers_that_do_not_fall_are_refused(second: Tier) -> None:
    with pytest.raises(
        RiskError, match=r"^each take-profit tier must start later and ask for less$"
    ):
        TakeProfit((Tier(NOTHING, 0.10), second))
