from __future__ import annotations

import math
import re

import pytest

from proratio_core.errors import RiskError
from proratio_tradehub.risk.sides import Side
from proratio_tradehub.risk.stops import break_even_stop


def _at(side: Side, best: float) -> float | None:
    return break_even_stop(side, 100.0, best, from_frac=0.03, costs_frac=0.004)


def test_stop_moves_to_where_the_costs_are_paid() -> None:
    assert _at(Side.LONG, 103.0) == pytest.approx(100.4)
    assert _at(Side.SHORT, 96.9) == pytest.approx(99.6)


def test_stop_does_not_move_before_its_profit() -> None:
    assert _at(Side.LONG, 102.9) is None
    assert _at(Side.SHORT, 97.1) is None
    assert _at(Side.LONG, 99.0) is None


def test_profit_that_is_reached_exactly_is_enough() -> None:
    assert break_even_stop(Side.LONG, 100.0, 150.0, from_frac=0.5, costs_frac=0.25) == 125.0


def test_without_costs_it_is_the_entry() -> None:
    assert break_even_stop(Side.LONG, 100.0, 105.0, from_frac=0.03, costs_frac=0.0) == 100.0


@pytest.mark.parametrize(
    ("from_frac", "costs"),
    [(0.004, 0.004), (0.0, 0.0), (0.03, -0.1), (math.inf, 0.0), (math.nan, 0)],
)
def test_profit_that_does_not_pay_the_costs_is_refused(from_frac: float, costs: float) -> None:
    message = (
        f"break-even from a profit of {from_frac!r} with costs of {costs!r}; "
        "expected costs of at least zero and a profit above them"
    )
    with pytest.raises(RiskError, match=f"^{re.escape(message)}$"):
        break_even_stop(Side.LONG, 100.0, 105.0, from_frac=from_frac, costs_frac=costs)
