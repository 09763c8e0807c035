from __future__ import annotations

import math

import pytest

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.stops import trailing_stop


def _at(side: Side, best: float, from_frac: float = 0.02) -> float | None:
    return trailing_stop(side, 100.0, best, distance_frac=0.1, from_frac=from_frac)


def test_stop_follows_the_best_price() -> None:
    assert _at(Side.LONG, 110.0) == pytest.approx(99.0)
    assert _at(Side.SHORT, 90.0) == pytest.approx(99.0)
    assert _at(Side.LONG, 100.0, from_frac=0.0) == pytest.approx(90.0)


def test_stop_does_not_follow_before_its_profit() -> None:
    assert _at(Side.LONG, 101.9) is None
    assert _at(Side.SHORT, 98.1) is None
    assert _at(Side.LONG, 102.0) is not None
    assert _at(Side.SHORT, 97.9) is not None


@pytest.mark.parametrize("distance", [0.0, 1.0, -0.1, math.nan])
def test_distance_out_of_range_is_refused(distance: float) -> None:
    with pytest.raises(
        RiskError, match=rf"^distance is {distance!r}; expected a fraction between 0 and 1$"
    ):
        trailing_stop(Side.LONG, 100.0, 110.0, distance_frac=distance, from_frac=0.0)


@pytest.mark.parametrize("profit", [-0.1, math.nan, math.inf])
def test_profit_out_of_range_is_refused(profit: float) -> None:
    with pytest.raises(
        RiskError, match=rf"^from_frac is {profit!r}; expected a finite number of at least zero$"
    ):
        _at(Side.LONG, 110.0, from_frac=profit)
