from __future__ import annotations

import math

import pytest

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.stops import fixed_stop


def test_stop_lies_below_a_long_and_above_a_short() -> None:
    assert fixed_stop(Side.LONG, 200.0, 0.05) == pytest.approx(190.0)
    assert fixed_stop(Side.SHORT, 200.0, 0.05) == pytest.approx(210.0)


@pytest.mark.parametrize("distance", [0.0, -0.1, 1.0, math.nan])
def test_distance_out_of_range_is_refused(distance: float) -> None:
    with pytest.raises(
        RiskError, match=rf"^stop distance is {distance!r}; expected a fraction between 0 and 1$"
    ):
        fixed_stop(Side.LONG, 200.0, distance)
