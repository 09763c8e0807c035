from __future__ import annotations

import math

import pytest

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.stops import atr_stop


def test_stop_lies_so_many_ranges_away() -> None:
    assert atr_stop(Side.LONG, 100.0, 2.0, multiple=2.5) == 95.0
    assert atr_stop(Side.SHORT, 100.0, 2.0, multiple=2.5) == 105.0
    assert atr_stop(Side.LONG, 2.0, 0.25, multiple=2.0) == 1.5


@pytest.mark.parametrize("atr", [math.nan, 0.0, -1.0, math.inf])
def test_unknown_range_gives_no_stop(atr: float) -> None:
    for side in Side:
        assert atr_stop(side, 100.0, atr, multiple=2.5) is None


@pytest.mark.parametrize(("atr", "stop"), [(39.9, 0.25), (40.0, None), (60.0, None)])
def test_range_wider_than_the_price_gives_no_stop(atr: float, stop: float | None) -> None:
    found = atr_stop(Side.LONG, 100.0, atr, multiple=2.5)

    assert found == (None if stop is None else pytest.approx(stop))


@pytest.mark.parametrize("multiple", [0.0, -1.0, math.nan, math.inf])
def test_multiple_out_of_range_is_refused_whatever_the_range(multiple: float) -> None:
    with pytest.raises(
        RiskError, match=rf"^multiple is {multiple!r}; expected a finite number above zero$"
    ):
        atr_stop(Side.LONG, 100.0, math.nan, multiple=multiple)
